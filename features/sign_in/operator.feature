@mas
Feature: The operator decides who may come in
  A locked account stays as it is until it is unlocked. Rights are asked for, and not had by chance.

  Background:
    Given Alice has an account

  Scenario: A locked account does not sign in
    When the operator locks the account of Alice
    And Alice signs in with the current password
    Then Alice is refused because the account is locked

  Scenario: A locked account does not sign in with an older client
    When the operator locks the account of Alice
    And Alice signs in on the tablet with an older client
    Then Alice is refused because the account is locked

  Scenario: A locked account has no use for a renewed session
    When the operator locks the account of Alice
    And Alice renews the session
    Then the phone of Alice is signed out

  Scenario: An account that is unlocked signs in again
    When the operator locks the account of Alice
    And the operator unlocks the account of Alice
    And Alice signs in on the laptop
    Then Alice is signed in on 2 devices

  Scenario: A deactivated account does not sign in
    When the operator deactivates the account of Alice
    And Alice signs in on the tablet with an older client
    Then Alice is refused because the account is gone

  Scenario: A deactivated account is signed out everywhere
    When the operator deactivates the account of Alice
    Then the phone of Alice is signed out

  Scenario: An administrator asks for the rights, and has them
    When the operator makes Alice an administrator
    And Alice asks for administrator rights
    Then Alice may use the admin API of the homeserver

  Scenario: An administrator who did not ask has no rights
    When the operator makes Alice an administrator
    Then Alice may not use the admin API of the homeserver

  Scenario: Who is no administrator gets no rights
    When Alice asks for administrator rights
    Then Alice is refused because the rights are for operators
