@mas @js-client @MSC4108
Feature: A new device is signed in by a code that one device shows and the other scans
  Nobody types a password or a security key on a phone: a device that is signed in vouches for it, and passes on what it needs.

  Background:
    Given Alice has an account and a client of another make
    And Alice has a security key

  Scenario Outline: A tablet is signed in by the code that the <device> shows
    When Alice allows that the tablet is signed in by the code that the <device> shows
    Then Alice is signed in on 2 devices
    And the tablet of Alice is verified

    Examples:
      | device |
      | phone  |
      | tablet |

  Scenario: A device that was signed in by a code reads what was said before
    Given Bob has an account
    And Alice and Bob share the encrypted room "tea"
    When Bob says "long ago" in "tea"
    And Alice backs up the keys of "tea"
    And Alice allows that the tablet is signed in by the code that the phone shows
    And Alice restores the keys on the tablet
    Then Alice can decrypt "long ago" on the tablet

  Scenario: A sign-in by code is rejected
    When Alice rejects that the tablet is signed in by the code that the phone shows
    Then Alice is refused because the code was rejected
