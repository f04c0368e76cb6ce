Feature: Whether somebody is there is for who knows them
  Whoever shares no room with somebody does not watch when they come and go.

  Scenario: Strangers do not see who is there
    Given Alice has an account
    And Mallory has an account
    When Mallory asks whether Alice is there
    Then Mallory is refused because it is none of their business
