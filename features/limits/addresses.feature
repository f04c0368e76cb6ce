@own_stack @beta-synapse
Feature: A guest who tries too much stops nobody but himself
  Before somebody is signed in, only the address tells who it is. The proxy must pass it on.

  @mas
  Scenario: Passwords cannot be guessed in quick succession
    Given the limits of mas are as deployed
    And Alice has an account
    When Alice goes on guessing the password
    Then Alice was stopped after 3 times
    And somebody at another address may do so all the same

  @mas
  Scenario: Accounts cannot be made in quick succession
    Given Alice has no account yet
    And the limits of mas are as deployed
    When Alice goes on signing people up
    Then Alice was stopped after 3 times

  Scenario Outline: Nobody goes on <doing> where the homeserver keeps the accounts
    Given the limits of beta-synapse are as deployed
    And Bob has an account on beta
    When Bob goes on <doing>
    Then Bob was stopped after 3 times
    And somebody at another address is stopped as well

    Examples:
      | doing                 |
      | guessing the password |
      | signing in            |

  Scenario: Passwords of several people cannot be guessed from one address
    Given the limits of beta-synapse are as deployed
    And Bob has an account on beta
    When Bob goes on guessing the passwords of others
    Then Bob was stopped after 3 times
    And somebody at another address may do so all the same

  Scenario Outline: Nobody gets further at <server> by claiming to come from elsewhere
    Given the limits of <server> are as deployed
    And Bob has an account on <site>
    When Bob goes on <guessing> under false addresses
    Then Bob was stopped after 3 times

    @mas
    Examples:
      | server | site  | guessing              |
      | mas    | alpha | guessing the password |

    Examples:
      | server       | site | guessing                         |
      | beta-synapse | beta | guessing the passwords of others |

  Scenario: Accounts cannot be made where the homeserver keeps the accounts
    Given Bob has no account yet on beta
    And the limits of beta-synapse are as deployed
    When Bob goes on signing people up
    Then Bob was stopped after 3 times
    And somebody at another address may do so all the same
