Feature: A room goes by one of its own addresses
  What people call a room must lead there.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice has a public room called "forum"

  Scenario: A room goes by one of its addresses
    When Alice gives "forum" the alias "agora"
    And Alice lets "forum" go by the alias "agora"
    And Bob joins "forum"
    Then Bob sees that "forum" goes by the alias "agora"

  Scenario: A room does not go by the address of another
    Given Alice has a public room called "new forum"
    When Alice gives "forum" the alias "agora"
    And Alice lets "new forum" go by the alias "agora"
    Then Alice is refused because the address leads elsewhere

  Scenario: A room does not go by an address that leads nowhere
    When Alice lets "forum" go by the alias "nowhere"
    Then Alice is refused because the address leads elsewhere
