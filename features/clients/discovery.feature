@js-client
Feature: A server name is all that a client needs
  Operators hand out one name; clients of every make find the rest.

  @mas
  Scenario: A client of another make finds the homeserver and its accounts
    When a client of another make is told the server name of alpha
    Then it finds the homeserver and the accounts of alpha

  @mas
  Scenario: Clients lead people to their account
    Given Alice has an account
    Then clients lead Alice to her account, for all that can be done there
    And clients lead who is not signed in to where the password is asked for
