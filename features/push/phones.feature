Feature: A phone that sleeps is told what concerns its owner
  Phones keep no connection of their own to a homeserver; a push gateway wakes them.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "kitchen"
    And the phone of Bob is woken through a push gateway

  Scenario: A message wakes the phone
    When Alice says "dinner is ready" in "kitchen"
    Then the phone of Bob is told of "dinner is ready"

  Scenario: A phone rings once
    When Alice says "dinner is ready" in "kitchen"
    And the phone of Bob rings for "dinner is ready"
    And Alice says "and dessert" in "kitchen"
    Then the phone of Bob is told of "and dessert"
    And the phone of Bob is told of "dinner is ready"

  Scenario: An invitation wakes the phone
    When Alice invites Bob to the room "cellar"
    Then the phone of Bob is told of the invitation to "cellar"

  Scenario: Nobody is woken by their own words
    When Bob says "note to myself" in "kitchen"
    And Alice says "dinner is ready" in "kitchen"
    Then the phone of Bob is told of "dinner is ready" but not of "note to myself"

  Scenario: A muted room is silent
    Given Alice and Bob share the room "pub"
    And Bob has muted "pub"
    When Alice mentions Bob with "one more" in "pub"
    And Alice says "dinner is ready" in "kitchen"
    Then the phone of Bob is told of "dinner is ready" but not of "one more"

  Scenario: The badge counts the rooms that wait
    Given Alice and Bob share the room "pub"
    When Alice says "one" in "kitchen"
    And Alice says "two" in "kitchen"
    And Alice says "three" in "pub"
    Then the phone of Bob shows a badge of 2

  Scenario: The badge counts invitations
    When Alice invites Bob to the room "cellar"
    And Alice says "one" in "kitchen"
    Then the phone of Bob shows a badge of 2

  Scenario: The badge goes down with reading
    When Alice says "one" in "kitchen"
    And Bob reads "one" once the phone has rung
    Then the phone of Bob shows a badge of 0

  Scenario: A phone that was signed out is not woken any more
    When Bob signs in on the laptop
    And Bob signs out of the phone
    Then nothing wakes the phone of Bob any more
