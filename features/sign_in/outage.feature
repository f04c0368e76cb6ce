@mas @own_stack
Feature: An outage of the accounts closes doors and opens none
  Who is signed in stays signed in. Nobody gets in who cannot be asked about.

  Scenario: Sessions survive a restart of the accounts
    Given Alice has an account
    When the operator restarts mas
    And Alice renews the session
    Then Alice is signed in

  Scenario: Sessions survive a restart of the homeserver
    Given Alice has an account
    When the operator restarts synapse
    And Alice renews the session
    Then Alice is signed in

  Scenario: Nobody is let in while the accounts are down
    Given Alice has an account
    And the operator stops mas
    When somebody uses a token that was made up
    Then somebody is refused because nobody can say whose token it is
    And the phone of Alice is still signed in
