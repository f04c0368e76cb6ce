@MSC4186
Feature: An app on a small screen is quick, and misses nothing
  Element X asks only for the rooms on the screen, and for what it shows of them.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "garden"
    And Alice and Bob share the room "attic"
    And Bob uses an app that shows 1 room

  Scenario: The room where something happened last comes first
    When Alice says "weeds" in "garden"
    Then the app of Bob lists "garden" of 2 rooms
    And the app of Bob received "weeds"

  Scenario: The app gets what it asked for of a room, and no more
    Then the app of Bob knows nothing of "attic" but its name and who Bob is there

  Scenario: A list shows the last message of a room
    When Alice says "dust" in "attic"
    And Alice says "boxes" in "attic"
    Then the app of Bob received "boxes" but not "dust"
    And the app of Bob went on from where it was

  Scenario: A room that is opened shows what was said before
    When Alice says "roses" in "garden"
    And Alice says "boxes" in "attic"
    And Bob opens "garden" in the app
    Then the app of Bob received "roses"

  Scenario Outline: The app is told of somebody <doing>
    Given Alice and Bob share the encrypted room "vault"
    When Bob says "hello" in "garden"
    And Bob opens "garden" in the app
    And <what happens>
    Then the app of Bob is told of Alice <doing>

    Examples:
      | what happens                                                       | doing           |
      | Alice is typing in "garden"                                        | typing          |
      | Alice reads "hello"                                                | reading         |
      | Alice says "psst" in "vault"                                       | sending keys    |
      | Alice signs in on the laptop                                       | signing in      |
      | Bob ignores Alice                                                  | being ignored   |
      | Alice takes every key that the app of Bob left with the homeserver | taking its keys |

  Scenario: The app is not told of what is read in private
    When Bob says "hello" in "garden"
    And Bob opens "garden" in the app
    And Alice reads "hello" without showing it
    And Alice says "slugs" in "garden"
    Then the app of Bob received "slugs"
    And the app of Bob is not told of Alice reading
