@mas
Feature: The operator decides who may come in
  A locked account stays as it is until it is unlocked. Who lost control of an account gets it back.

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

  Scenario: Sessions that the operator ends are over everywhere
    When Alice signs in on the laptop
    And the operator ends all sessions of Alice
    Then the phone of Alice is signed out
    And the laptop of Alice is signed out

  Scenario: A password that the operator gave opens the account
    When the operator gives Alice another password
    And Alice signs in with the current password
    Then Alice is signed in

  Scenario: The password of before the operator gave another opens nothing
    When the operator gives Alice another password
    And Alice signs in with the old password
    Then Alice is refused because the password is wrong

  Scenario: Whom the operator deactivated is found no more
    Given Bob has an account
    And Alice and Bob share the room "hall"
    When the operator deactivates the account of Alice
    And Bob sees that Alice has left "hall"
    Then Bob does not find Alice in the directory of people
