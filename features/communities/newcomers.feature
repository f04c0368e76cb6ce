@own_stack
Feature: Newcomers begin where the operator wants them
  The operator names a room in which everybody begins. Who was there before stays where they are.

  Background:
    Given Alice has an account
    And Alice has a public room called "lobby"
    And Bob has an account
    And newcomers begin in "lobby"

  Scenario: Who signs up is in the room of newcomers
    Given Carol has no account yet
    When Carol signs up
    Then Carol is in "lobby"
    And Bob is not in "lobby"
