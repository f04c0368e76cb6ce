@beta-synapse
Feature: Spaces reach over homeservers
  Who belongs to a space sees and enters its rooms from wherever they are; their neighbours do not.

  Background:
    Given Alice has an account
    And Bob has an account on beta

  Scenario: A space is seen from elsewhere
    Given Alice has a space "port" with the rooms "quay, crane"
    When Bob joins "port"
    Then Bob sees the rooms "quay, crane" in the space "port"

  Scenario: A member of a space from elsewhere walks into its rooms
    Given Alice has a space "port" with the rooms "quay"
    And Alice has a room "customs" for members of the space "port"
    When Bob joins "port"
    And Bob joins "customs"
    Then Bob is in "customs"

  Scenario: The neighbour of a member does not see the rooms of members
    Given Alice has a space "port" with the rooms "quay"
    And Alice has a room "customs" for members of the space "port"
    And Dora has an account on beta
    When Dora joins "port"
    Then Bob sees the rooms "quay" in the space "port"

  Scenario: The neighbour of a member does not walk into the rooms of members
    Given Alice has a space "port" with the rooms "quay"
    And Alice has a room "customs" for members of the space "port"
    And Dora has an account on beta
    When Dora joins "port"
    And Bob joins "customs"
    Then Bob is refused because the room is closed to strangers
