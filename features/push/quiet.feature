Feature: Nobody is woken for nothing
  A phone rings for what somebody says, however it is locked, and not for what is said about it.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "kitchen"
    And the phone of Bob is woken through a push gateway

  Scenario: A correction wakes nobody
    When Alice says "dinner at six" in "kitchen"
    And Alice changes "dinner at six" to "dinner at seven"
    And Alice says "bring wine" in "kitchen"
    Then the phone of Bob is told of "bring wine" but not of "dinner at seven"

  Scenario: A reaction wakes nobody
    When Bob says "I shall cook" in "kitchen"
    And Alice reacts with "👍" to "I shall cook"
    And Alice says "bring wine" in "kitchen"
    Then the phone of Bob is told of "bring wine" but not of "👍"

  Scenario: What a machine announces wakes nobody
    When Alice announces "the oven is hot" in "kitchen"
    And Alice says "bring wine" in "kitchen"
    Then the phone of Bob is told of "bring wine" but not of "the oven is hot"

  Scenario: What is encrypted wakes the phone
    Given Alice and Bob share the encrypted room "cellar"
    When Alice says "the key is under the mat" in "cellar"
    Then the phone of Bob is told of "the key is under the mat"

  Scenario: A call wakes the phone
    When Alice rings in "kitchen"
    Then the phone of Bob is told that Alice calls
