@mas @mailpit @own_stack
Feature: The operator may want an address from who signs up
  Signing up then ends only when the code that went to the address came back.

  Background:
    Given who signs up needs an e-mail address
    And Alice has no account yet

  Scenario: The code in the mail ends signing up
    Given Alice has a mailbox
    When Alice signs up
    Then Alice is signed in
    And the account of Alice has an e-mail address

  Scenario: A code that was guessed ends nothing
    Given Alice has a mailbox
    When Alice signs up with a code that was guessed
    Then Alice is refused because the code is wrong

  Scenario: Nobody signs up without an address
    When Alice signs up
    Then Alice is refused because an e-mail address is needed
