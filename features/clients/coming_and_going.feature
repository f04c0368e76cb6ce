@MSC4186
Feature: The list of an app holds one's own rooms
  What somebody is offered, comes to and leaves shows in the list without asking for all of it again.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "garden"
    And Alice and Bob share the room "attic"
    And Bob uses an app that shows 1 room

  Scenario: An invitation shows in the app
    When Alice invites Bob to the room "cellar"
    Then the app of Bob shows the invitation to "cellar"
    And the app of Bob lists "cellar" of 3 rooms

  Scenario: A room of others is not shown to an app that asks for it
    Given Alice has a room "cellar" that people are invited to
    When Bob opens "cellar" in the app
    Then the app of Bob knows nothing of "cellar"

  Scenario: A room that was left is in the app no more
    When Bob leaves "attic"
    Then the app of Bob lists "garden" of 1 room

  Scenario: A room that somebody joined elsewhere shows in the app
    Given Alice has a public room called "yard"
    When Bob joins "yard"
    Then the app of Bob lists "yard" of 3 rooms
