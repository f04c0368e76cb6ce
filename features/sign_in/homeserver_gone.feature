@beta-synapse
Feature: Who deletes an account at a homeserver without an account service is gone
  Nothing opens it again, its name stays with it, and an open phone is not enough for it.

  Background:
    Given Bob has an account on beta

  Scenario: Who deletes the account at the homeserver is signed out everywhere
    When Bob signs in on the laptop
    And Bob deletes the account
    Then the phone of Bob is signed out
    And the laptop of Bob is signed out

  Scenario: A deleted account at the homeserver does not come back
    When Bob deletes the account
    And Bob signs in with the current password
    Then Bob is refused because the account is gone

  Scenario: Nobody takes the name of an account that was deleted
    Given Eve has no account yet on beta
    When Bob deletes the account
    And Eve signs up under the name of Bob
    Then Eve is refused because the name is taken

  Scenario: Whoever finds a phone does not delete the account of its owner
    When Bob deletes the account without the password
    Then Bob is refused because the password is asked for
