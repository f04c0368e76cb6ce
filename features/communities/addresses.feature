Feature: Rooms have addresses that people can pass on
  An address leads to one room, and only its owner moves or removes it.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice has a public room called "forum"

  Scenario: A room gets a second address
    When Alice gives "forum" the alias "agora"
    Then the alias "agora" leads Bob to "forum"

  Scenario: A room gets addresses from its own people only
    When Bob gives "forum" the alias "agora"
    Then Bob is refused because the role does not allow it

  Scenario: An address is not given twice
    Given Bob has a public room called "tavern"
    When Alice gives "forum" the alias "agora"
    And Bob gives "tavern" the alias "agora"
    Then Bob is refused because the address is taken

  Scenario: An address is taken away
    When Alice gives "forum" the alias "agora"
    And Alice takes the alias "agora" away
    Then the alias "agora" leads Alice nowhere

  Scenario: An address is not taken away by others
    When Alice gives "forum" the alias "agora"
    And Bob takes the alias "agora" away
    Then Bob is refused because the role does not allow it

  Scenario: An address moves to another room
    Given Alice has a public room called "new forum"
    When Alice gives "forum" the alias "agora"
    And Alice takes the alias "agora" away
    And Alice gives "new forum" the alias "agora"
    Then the alias "agora" leads Bob to "new forum"

  Scenario: A room is found in the public directory
    When Alice lists "forum" in the public directory
    Then Bob finds "forum" in the public directory of alpha

  Scenario: A room is listed by its own people only
    When Bob lists "forum" in the public directory
    Then Bob is refused because the role does not allow it

  Scenario: A room is taken off the public directory
    When Alice lists "forum" in the public directory
    And Alice takes "forum" off the public directory
    Then Bob does not find "forum" in the public directory of alpha

  Scenario: A room the operator wants unlisted is not listed
    Given Alice has a public room called "internal affairs"
    When Alice lists "internal affairs" in the public directory
    Then Alice is refused because the operator wants it unlisted
