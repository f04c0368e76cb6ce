@mas
Feature: There is a way to sign in for every device
  A device without a browser shows a code; a client of before OAuth is led through the browser.

  Background:
    Given Alice has an account

  Scenario: A device without a browser is signed in by code
    When Alice approves the code that the television shows
    Then Alice is signed in on 2 devices

  Scenario: A code that was not asked for is rejected
    When Alice rejects the code that the television shows
    Then Alice is refused because the code was rejected

  Scenario: An older client is led through the browser
    When Alice signs in through the browser with an older client
    Then Alice is signed in on 2 devices

  Scenario: A code that was overheard is worth nothing
    When Mallory trades the code of Alice for a session
    Then Mallory is refused because the code is somebody else's

  Scenario: A client cannot send people to somebody else
    When Mallory registers a client with a way back to somebody else
    Then Mallory is refused because the way back is not its own

  Scenario: A client does not let people come back unencrypted
    When Mallory registers a client with a way back without encryption
    Then Mallory is refused because the way back can be overheard

  Scenario: A token that was made up opens nothing
    When somebody uses a token that was made up
    Then somebody is refused because the token is unknown

  Scenario: Nobody is offered to change the password where it is not kept
    Then the homeserver tells Alice that passwords are changed elsewhere
