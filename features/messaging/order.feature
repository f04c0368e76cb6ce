Feature: A room keeps those out who were sent away
  Kicked people may come back to a public room, banned people may not until the ban is lifted.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice has a public room called "market"

  Scenario: Who leaves is out
    When Bob joins "market"
    And Bob leaves "market"
    Then Bob is not in "market"

  Scenario: Who was kicked is out
    When Bob joins "market"
    And Alice kicks Bob in "market"
    Then Bob is not in "market"

  Scenario: Who was kicked may come back
    When Bob joins "market"
    And Alice kicks Bob in "market"
    And Bob joins "market"
    Then Bob is in "market"

  Scenario: Who was banned may not come back
    When Bob joins "market"
    And Alice bans Bob in "market"
    And Bob joins "market"
    Then Bob is refused because the ban stands

  Scenario: A ban is lifted
    When Alice bans Bob in "market"
    And Alice unbans Bob in "market"
    And Bob joins "market"
    Then Bob is in "market"

  Scenario: An ordinary member lifts no ban
    Given Carol has an account
    When Carol joins "market"
    And Alice bans Bob in "market"
    And Carol unbans Bob in "market"
    Then Carol is refused because the role does not allow it
