Feature: A backup that was given up takes nothing more
  Who begins a new one may have lost the key to the old one. A device that does not know yet must
  not go on filling it.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "tea"
    And Alice has a security key

  Scenario: Keys do not go to a backup that was given up
    When Bob says "long ago" in "tea"
    And Alice backs up the keys of "tea"
    And Alice begins a new backup of the keys of "tea"
    And Alice goes on backing up the keys of "tea" where they went before
    Then Alice is refused because the backup was given up

  Scenario: Old messages are read from the new backup
    When Bob says "long ago" in "tea"
    And Alice backs up the keys of "tea"
    And Alice begins a new backup of the keys of "tea"
    And Alice signs in on the laptop
    And Alice restores the keys on the laptop
    Then Alice can decrypt "long ago" on the laptop
