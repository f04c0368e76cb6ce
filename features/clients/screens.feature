@MSC4186
Feature: An app on a small screen shows rooms as they are
  It knows of each what its screen has to say, without asking for more.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "garden"
    And Alice and Bob share the room "attic" without a name
    And Bob has marked "attic" as a talk with Alice
    And Bob uses an app that shows 2 rooms

  Scenario: The app knows how many are in a room
    Then the app of Bob shows 2 people in "garden"

  Scenario: The app knows where something happened last
    When Alice says "weeds" in "garden"
    Then the app of Bob shows "garden" as newer than "attic"

  Scenario: The app reads back from where it was told
    When Alice says "weeds" in "garden"
    And Alice says "roses" in "garden"
    Then the app of Bob finds "weeds" by reading back from "roses"

  Scenario: A room without a name goes by who is there
    Then the app of Bob calls "attic" by the name of Alice

  Scenario: The app tells talks of two from rooms
    Then the app of Bob shows "attic" as a talk of two
    And the app of Bob shows "garden" as a room
