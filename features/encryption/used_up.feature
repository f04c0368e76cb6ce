Feature: A device that is off can be written to in secret
  Each key that a device leaves with the homeserver opens one conversation, and whoever comes
  gets one. Somebody who takes them all must not cut the device off.

  Background:
    Given Alice has an account
    And Mallory has an account

  Scenario: Keys that were used up are replaced
    Given Bob has an account
    And Alice and Bob share the encrypted room "tea"
    When Bob puts the phone to sleep
    And Mallory takes every key that the phone of Bob left with the homeserver
    And Bob wakes the phone
    And the phone of Bob leaves new keys with the homeserver
    And Alice says "good morning" in "tea"
    Then Bob can read "good morning" in "tea"

  @js-client
  Scenario: A device is written to while its keys are used up
    Given Bob has an account and a client of another make
    And Alice and Bob share the encrypted room "tea"
    When Bob puts the phone to sleep
    And Mallory takes every key that the phone of Bob left with the homeserver
    And Alice says "are you there" in "tea"
    And Bob wakes the phone
    Then Bob can read "are you there" in "tea"
