@own_stack
Feature: Too much at once is slowed down, and only for who does it
  The limits are those of the deployment. Everything else runs with the limits lifted.

  Scenario: Who floods a room is stopped, and the others talk on
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "square"
    And the limits of synapse are as deployed
    When Alice says 50 things in "square" without a break
    Then Alice is refused because it is too much at once
    And Bob still gets "one quiet word" across in "square"

  @mas
  Scenario: Who guesses passwords is stopped
    Given Alice has an account
    And the limits of mas are as deployed
    When Mallory guesses the password of Alice 10 times
    Then Mallory is refused because it is too much at once
