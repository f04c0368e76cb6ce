@beta-synapse
Feature: A homeserver sees nothing of rooms that its people are not in
  Who runs a homeserver of their own has no more to see than anybody else.

  Scenario: No homeserver looks into a room from outside
    Given Alice has an account
    And Carol has an account
    And Alice and Carol share the room "cabin"
    When Alice says "between us" in "cabin"
    And beta asks alpha for all of "cabin" and for "between us"
    Then beta is refused because none of its people is in the room

  Scenario: Nobody enters from a homeserver that is shut out
    Given Alice has an account
    And Bob has an account on beta
    And Alice has a public room called "pier"
    When Alice shuts beta out of "pier"
    And Bob joins "pier"
    Then Bob is refused because the room is closed to strangers
