Feature: A security key brings a person's own devices together
  Who has it proves that a new device is theirs, and reads there what was said before.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "tea"
    And Alice has a security key

  Scenario: The device that made the key is verified
    Then the phone of Alice is verified

  Scenario: A new device is verified by the key
    When Alice signs in on the laptop
    And Alice enters the security key of Alice on the laptop
    Then the laptop of Alice is verified

  Scenario: A new device is not verified without the key
    When Alice signs in on the laptop
    Then the laptop of Alice is not verified

  Scenario: Another person's key does not verify a device
    Given Bob has a security key
    When Alice signs in on the laptop
    And Alice enters the security key of Bob on the laptop
    Then Alice is refused because the security key is wrong

  Scenario: Old messages are read on a new device
    When Bob says "long ago" in "tea"
    And Alice backs up the keys of "tea"
    And Alice signs in on the laptop
    And Alice restores the keys on the laptop
    Then Alice can decrypt "long ago" on the laptop

  Scenario: Old messages are read when something less was backed up since
    When Bob says "long ago" in "tea"
    And Alice backs up the keys of "tea"
    And Alice backs up less of the keys of "tea" afterwards
    And Alice signs in on the laptop
    And Alice restores the keys on the laptop
    Then Alice can decrypt "long ago" on the laptop

  Scenario: Old messages are not read on a new device without the backup
    When Bob says "long ago" in "tea"
    And Alice signs in on the laptop
    Then Alice can decrypt "long ago" on the phone
    And Alice cannot decrypt "long ago" on the laptop

  @mas
  Scenario: A new security key must be allowed in the account
    When Alice makes a new security key
    Then Alice is refused because it must be allowed in the account

  @mas
  Scenario: A new security key that was allowed replaces the old one
    When Alice allows a new security key in the account
    And Alice makes a new security key
    And Alice signs in on the laptop
    And Alice enters the security key of Alice on the laptop
    Then the laptop of Alice is verified
