@mas @mailpit @own_stack
Feature: Nobody fills a mailbox with mails, or guesses what was sent there
  What goes to somebody's address is stopped before it becomes a nuisance.

  Scenario: A way back in is not asked for again and again
    Given Alice has an account with an e-mail address
    And the limits of mas are as deployed
    When Alice goes on asking for a way back in
    Then Alice was stopped after 3 times

  Scenario: Codes cannot be guessed in quick succession
    Given Alice has an account
    And Alice has a mailbox
    And the limits of mas are as deployed
    When Alice adds the e-mail address to the account
    And Alice goes on guessing the code
    Then Alice was stopped after 10 times

  Scenario: A mailbox is not filled with codes
    Given Alice has an account
    And Alice has a mailbox
    And the limits of mas are as deployed
    When Alice goes on asking for a code
    Then Alice was stopped after 3 times

  Scenario: A code is not sent again and again
    Given Alice has an account
    And Alice has a mailbox
    And the limits of mas are as deployed
    When Alice adds the e-mail address to the account
    And Alice goes on asking for the code again
    Then Alice was stopped after 2 times
