@mas
Feature: People look after their own accounts
  What they change in the account holds at every client.

  Background:
    Given Alice has an account

  Scenario: A new password opens the account
    When Alice changes the password
    And Alice signs in with the current password
    Then Alice is signed in

  Scenario: The old password does not open it any more
    When Alice changes the password
    And Alice signs in with the old password
    Then Alice is refused because the password is wrong

  Scenario: A lost device is signed out from another one
    When Alice signs in on the laptop
    And Alice ends the session of the laptop in the account
    Then the laptop of Alice is signed out

  Scenario: The other devices stay signed in
    When Alice signs in on the laptop
    And Alice ends the session of the phone in the account
    Then the phone of Alice is signed out
    And the laptop of Alice is still signed in

  Scenario: A new name is shown to others
    When Alice changes the name to "Alice of the Lake" in the account
    Then the homeserver shows Alice under the name "Alice of the Lake"

  Scenario: Who deletes the account is signed out everywhere
    When Alice deletes the account
    Then the phone of Alice is signed out

  Scenario: A deleted account does not come back
    When Alice deletes the account
    And Alice signs in on the tablet with an older client
    Then Alice is refused because the account is gone

  Scenario: Nobody who sees the database of accounts can read a password
    Then the password of Alice is kept as nothing but a hash that is slow to guess
