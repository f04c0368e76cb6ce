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

  Scenario: A stranger sees only the open rooms of a space
    Given Alice has a room "council" for members of the space "village"
    Then Bob sees the rooms "well, bakery" in the space "village"

  Scenario: Who left a space walks into its rooms no more
    Given Alice has a room "council" for members of the space "village"
    When Bob joins "village"
    And Bob leaves "village"
    And Bob joins "council"
    Then Bob is refused because the room is closed to strangers

  Scenario: A space within a space is seen from both
    Given Alice has a space "mill" with the rooms "wheel"
    And "mill" is part of the space "village"
    Then Bob sees the rooms "well, bakery, mill, wheel" in the space "village"
    And Bob sees the rooms "wheel" in the space "mill"

  Scenario: A room is taken out of a space
    When Alice takes "bakery" out of the space "village"
    Then Bob sees the rooms "well" in the space "village"

  Scenario: A space is put in order by its own people only
    When Bob joins "village"
    And Bob takes "bakery" out of the space "village"
    Then Bob is refused because the role does not allow it
