Feature: Rooms are found by who looks for them
  What is listed is found; who belongs to a room decides, and the operator has a say.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice has a public room called "forum"

  Scenario: A room is found in the public directory
    When Alice lists "forum" in the public directory
    Then Bob finds "forum" in the public directory of alpha

  Scenario: Who leafs through the directory finds each room once
    Given Alice has a public room called "market"
    When Alice lists "forum" in the public directory
    And Alice lists "market" in the public directory
    Then Bob finds "forum, market" once each by leafing through the directory of alpha

  Scenario: A room is listed by its own people only
    When Bob lists "forum" in the public directory
    Then Bob is refused because the role does not allow it

  Scenario: A room is not listed by ordinary members
    When Bob joins "forum"
    And Bob lists "forum" in the public directory
    Then Bob is refused because the role does not allow it

  Scenario: A room is taken off the public directory
    When Alice lists "forum" in the public directory
    And Alice takes "forum" off the public directory
    Then Bob does not find "forum" in the public directory of alpha

  Scenario: A room the operator wants unlisted is not listed
    Given Alice has a public room called "internal affairs"
    When Alice lists "internal affairs" in the public directory
    Then Alice is refused because the operator wants it unlisted
