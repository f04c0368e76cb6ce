@MSC4186
Feature: An app goes on from where it was
  Neither a homeserver that was restarted nor one that forgot the place costs more than a moment.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "garden"
    And Alice and Bob share the room "attic"
    And Bob uses an app that shows 1 room

  Scenario: A place that the homeserver has forgotten is no dead end
    When Bob goes on in the app from a place the homeserver has forgotten
    Then Bob is refused because the homeserver has forgotten the place
    And the app of Bob lists "attic" of 2 rooms

  @own_stack
  Scenario: The app goes on from where it was after the homeserver was restarted
    When Alice says "mice" in "attic"
    And the operator restarts synapse
    Then the app of Bob received "mice"
    And the app of Bob went on from where it was
