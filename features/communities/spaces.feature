Feature: A space holds the rooms of a community
  Its members see what is in it, and walk into the rooms that are theirs.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice has a space "village" with the rooms "well, bakery"

  Scenario: A member sees the rooms of a space
    When Bob joins "village"
    Then Bob sees the rooms "well, bakery" in the space "village"

  Scenario: A member walks into a room of members
    Given Alice has a room "council" for members of the space "village"
    When Bob joins "village"
    And Bob joins "council"
    Then Bob is in "council"

  Scenario: A stranger does not walk into a room of members
    Given Alice has a room "council" for members of the space "village"
    When Bob joins "council"
    Then Bob is refused because the room is closed to strangers

  Scenario: A member sees the rooms of members
    Given Alice has a room "council" for members of the space "village"
    When Bob joins "village"
    Then Bob sees the rooms "well, bakery, council" in the space "village"
