Feature: A room that the operator shuts stays shut
  Some rooms must not go on, whoever made them and wherever their people are.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "market"

  Scenario: A room that the operator shuts is shut for everybody
    When the operator shuts "market"
    Then "market" is shut for Alice
    And "market" is shut for Bob

  @beta-synapse
  Scenario: A room that the operator shut is not opened from elsewhere
    Given Dora has an account on beta
    And Carol has an account
    And Dora belongs to "market"
    When the operator shuts "market"
    And Dora invites Carol to the room "market"
    Then Dora is refused because the operator shut the room
