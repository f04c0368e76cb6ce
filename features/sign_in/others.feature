@mas
Feature: Nobody touches the account of somebody else
  Who is signed in at the accounts looks after one account: their own, and where it matters, with the password.

  Background:
    Given Alice has an account

  Scenario Outline: Nobody <does> of somebody else
    Given Mallory has an account
    When Mallory <does> in the account of Alice
    Then Mallory is refused because it is not her account

    Examples:
      | does                        |
      | changes the password        |
      | allows a new security key   |
      | changes the name            |
      | ends a session              |
      | gives a session a name      |
      | lists the sessions          |
      | reads the addresses         |

  Scenario: A weak password is no new password
    When Alice changes the password to "tea"
    Then Alice is refused because the password is too weak

  Scenario: A browser that was left open changes no password
    When Alice changes the password without knowing the old one
    Then Alice is refused because the password is wrong

  Scenario: A page of somebody else presses no buttons at the accounts
    When a page of somebody else signs Alice in at the accounts
    Then Alice is refused because the form is not its own

  Scenario: A browser that was copied is signed out with the one it was copied from
    When Alice signs out in the browser
    Then a copy of the browser of Alice is signed out
