@mas
Feature: Sessions begin, are renewed and end
  A session belongs to one device. Once it was renewed the old one cannot be renewed again;
  once it has ended the homeserver takes none of its tokens.

  @live
  Scenario: Signing in again
    Given Alice has an account
    When Alice signs in on the laptop
    Then Alice is signed in on 2 devices

  Scenario: A wrong password is refused
    Given Alice has an account
    When Alice signs in with the password "not my password at all"
    Then Alice is refused because the password is wrong

  Scenario: A session is renewed
    Given Alice has an account
    When Alice renews the session
    Then Alice is signed in
    And the old session of Alice cannot be renewed again
    And Alice soon has to renew the session on the phone again

  Scenario: A session ends
    Given Alice has an account
    When Alice signs out
    Then Alice is refused because the session is over

  Scenario: An older client signs in at the homeserver
    Given Alice has an account
    When Alice signs in on the tablet with an older client
    Then Alice is signed in on 2 devices

  Scenario: The session of an older client is renewed
    Given Alice has an account
    When Alice signs in on the tablet with an older client
    And Alice renews the session on the tablet
    Then Alice is signed in on 2 devices
    And Alice soon has to renew the session on the tablet again

  Scenario: The session of an older client ends
    Given Alice has an account
    When Alice signs in on the tablet with an older client
    And Alice signs out of the tablet
    Then the tablet of Alice is signed out
