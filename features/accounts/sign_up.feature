@mas
Feature: People make an account through Matrix Authentication Service
  Signing up happens in the browser, at one place. The account works on the homeserver at
  once, and what must not happen is refused with the reason.

  Scenario: Somebody new signs up
    Given Alice has no account yet
    When Alice signs up
    Then Alice is signed in
    And the homeserver shows Alice under the name "Alice"

  Scenario: The pages are whole
    Then the pages where people sign in at alpha come whole, and from nowhere else

  @browser
  Scenario: Somebody new signs up in a real browser
    Given Alice has no account yet
    When Alice signs up in a browser
    Then Alice is signed in
    And the browser was photographed at 3 pages

  Scenario: A taken name is refused
    Given Alice has an account
    And Bob has no account yet
    When Bob signs up under the name of Alice
    Then Bob is refused because the name is taken

  Scenario: A weak password is refused
    Given Alice has no account yet
    When Alice signs up with the password "quietharbour"
    Then Alice is refused because the password is too weak

  Scenario Outline: A name the operator keeps back is refused
    Given Mallory has no account yet
    When Mallory signs up as "<name>"
    Then Mallory is refused because the name is reserved

    Examples:
      | name       |
      | admin      |
      | root       |
      | postmaster |
      | irc_alice  |

  @own_stack
  Scenario: Closed registration is closed
    Given Alice has no account yet
    And the operator closes registration
    When Alice signs up
    Then Alice is refused because registration is closed
    And the form to sign up is taken from nobody
