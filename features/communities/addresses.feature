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

  Scenario: An address is not taken away by ordinary members
    When Alice gives "forum" the alias "agora"
    And Bob joins "forum"
    And Bob takes the alias "agora" away
    Then Bob is refused because the role does not allow it
