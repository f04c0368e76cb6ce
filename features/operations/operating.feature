Feature: The operator sees what the servers do, and nothing that must stay secret
  Numbers for the monitoring come from the inside. Logs can be passed on without harm.

  Scenario: The homeserver measures itself
    Then the synapse measures itself for the operator

  @mas
  Scenario: The account service measures itself
    Then the mas measures itself for the operator

  Scenario: What the servers are used for stays in the house
    Then no server tells its makers how it is used

  Scenario: Logs hold no secrets
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "safe"
    When Alice signs in on the laptop
    And Alice says "the combination" in "safe"
    Then Bob can read "the combination" in "safe"
    And no log of any server holds a password, a token or a key
