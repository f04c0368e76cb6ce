@mas @own_stack
Feature: The operator may want an invitation from who signs up
  Invitations come from the operator, open as many accounts as the operator wants, and can be withdrawn.

  Background:
    Given who signs up needs an invitation
    And Alice has no account yet

  Scenario: An invitation opens an account
    Given Alice has an invitation that opens one account
    When Alice signs up
    Then Alice is signed in

  Scenario: Nobody signs up without an invitation
    When Alice signs up
    Then Alice is refused because an invitation is needed

  Scenario: An invitation opens no more accounts than the operator wanted
    Given Alice has an invitation that opens one account
    And Bob has no account yet
    When Alice signs up
    And Bob signs up with the invitation of Alice
    Then Bob is refused because the invitation is not valid

  Scenario Outline: An invitation that <state> opens nothing
    Given Alice has an invitation that <state>
    When Alice signs up
    Then Alice is refused because the invitation is not valid

    Examples:
      | state         |
      | was withdrawn |
      | has expired   |
      | was made up   |

  Scenario: Who is not the operator invites nobody
    Given Alice has an invitation that opens one account
    When Alice signs up
    And Alice issues an invitation
    Then Alice is refused because the rights are for operators
