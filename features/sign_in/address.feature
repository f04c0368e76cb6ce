@mas @mailpit
Feature: An e-mail address belongs to who reads what goes there
  A code goes to the address. Until it comes back the address counts for nothing.

  Background:
    Given Alice has an account
    And Alice has a mailbox

  Scenario: The code in the mail confirms an address
    When Alice adds the e-mail address to the account
    And Alice confirms the address with the code in the mail
    Then the account of Alice has an e-mail address

  Scenario: An address that nobody confirmed counts for nothing
    When Alice adds the e-mail address to the account
    Then the account of Alice has no e-mail address

  Scenario: A code that was guessed confirms nothing
    When Alice adds the e-mail address to the account
    And Alice confirms the address with a code that was guessed
    Then Alice is refused because the code is wrong
    And the account of Alice has no e-mail address

  Scenario: An address belongs to one account
    Given Bob has an account with an e-mail address
    When Alice adds the e-mail address of Bob to the account
    And Alice confirms the address with the code in the mail
    Then Alice is refused because the address is somebody else's

  Scenario: A browser that was left open is not enough
    When Alice adds the e-mail address with the password "not my password at all"
    Then Alice is refused because the password is wrong
