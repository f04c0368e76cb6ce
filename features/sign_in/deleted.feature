Feature: Who deletes the account leaves little behind
  What was said stays with those who heard it, and with nobody else. An address is free for its next account.

  Background:
    Given Alice has an account
    And Bob has an account
    And Carol has an account
    And Alice and Bob share the room "market"

  Scenario: Who was not there reads nothing of people who deleted their account
    When Bob says "I live in Elm Street" in "market"
    And Bob deletes the account
    And Alice sees that Bob has left "market"
    And Alice invites Carol to the room "market"
    And Carol accepts the invitation to "market"
    Then Carol finds "I live in Elm Street" empty in the history

  @mas @mailpit
  Scenario: No address of a deleted account is kept
    Given Dora has an account with an e-mail address
    When Dora deletes the account
    Then the accounts keep no address of Dora
