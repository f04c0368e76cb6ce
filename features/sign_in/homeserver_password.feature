@beta-synapse
Feature: A homeserver without an account service keeps passwords itself
  A new one counts at once, and nobody can read any.

  Background:
    Given Bob has an account on beta

  Scenario: A new password opens the account at the homeserver
    When Bob changes the password
    And Bob signs in with the current password
    Then Bob is signed in

  Scenario: The old password does not open it any more at the homeserver
    When Bob changes the password
    And Bob signs in with the old password
    Then Bob is refused because the password is wrong

  Scenario: Whoever knew the old password is shut out everywhere
    When Bob signs in on the laptop
    And Bob changes the password and signs out everywhere else
    Then the laptop of Bob is signed out
    And the phone of Bob is still signed in

  Scenario: Nobody who sees the database of the homeserver can read a password
    Then the password of Bob is kept as nothing but a hash that is slow to guess
