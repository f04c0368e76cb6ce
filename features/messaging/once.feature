Feature: Nothing is said twice
  Lines break off. A client that heard no answer sends again, and nobody is to notice.

  Background:
    Given Alice has an account

  Scenario: What is sent again because no answer came arrives once
    Given Bob has an account
    And Alice and Bob share the room "night train"
    When Alice sends "mind the gap" to "night train" twice, since no answer came
    And Alice says "all aboard" in "night train"
    Then Bob has received "mind the gap" once when "all aboard" is there

  @beta-synapse
  Scenario: What is sent again because no answer came arrives once elsewhere
    Given Bob has an account on beta
    And Alice and Bob share the room "night train"
    When Alice sends "mind the gap" to "night train" twice, since no answer came
    And Alice says "all aboard" in "night train"
    Then Bob has received "mind the gap" once when "all aboard" is there

  Scenario: Who sent something knows it again
    Given Bob has an account
    And Alice and Bob share the room "night train"
    When Alice says "all aboard" in "night train"
    Then the phone of Alice knows "all aboard" as what it sent
