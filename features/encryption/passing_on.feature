Feature: Keys are passed on to a person's own devices, and to no others
  A device that lacks a key may ask those that have it. They give it to nobody whom the owner
  did not vouch for.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "tea"
    And Alice has a security key

  Scenario: A verified device is given a key
    When Alice says "long ago" in "tea"
    And Alice signs in on the laptop
    And Alice enters the security key of Alice on the laptop
    And the laptop of Alice asks the phone of Alice for the key of "long ago"
    Then Alice can decrypt "long ago" on the laptop

  Scenario: A device that nobody vouches for is given no key
    When Alice says "long ago" in "tea"
    And Alice signs in on the laptop
    And the laptop of Alice asks the phone of Alice for the key of "long ago"
    Then Alice is refused because nobody vouches for the device
    And Alice cannot decrypt "long ago" on the laptop

  Scenario: Somebody who came later is given no key
    Given Carol has an account
    When Alice says "long ago" in "tea"
    And Alice invites Carol to the room "tea"
    And Carol accepts the invitation to "tea"
    And the phone of Carol asks the phone of Alice for the key of "long ago"
    Then Carol is refused because the key was meant for others
    And Carol cannot decrypt "long ago" on the phone
