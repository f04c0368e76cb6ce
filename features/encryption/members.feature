Feature: Keys follow who is in a room
  Who comes later gets no old keys, who has left gets no new ones.

  Background:
    Given Alice has an account
    And Bob has an account
    And Carol has an account
    And Alice and Bob share the encrypted room "tea"

  Scenario: Who comes later does not read what was said before
    When Alice says "before Carol" in "tea"
    And Alice invites Carol to the room "tea"
    And Carol accepts the invitation to "tea"
    Then Bob can decrypt "before Carol" on the phone
    And Carol cannot decrypt "before Carol" on the phone

  Scenario: Who comes later reads what is said from then on
    Given Carol belongs to "tea"
    When Alice says "welcome, Carol" in "tea"
    Then Carol can read "welcome, Carol" in "tea"

  Scenario: New keys are made when somebody leaves
    Given Carol belongs to "tea"
    When Alice says "with Carol" in "tea"
    And Carol leaves "tea"
    And Alice sees that Carol has left "tea"
    And Alice says "without Carol" in "tea"
    Then "with Carol" and "without Carol" were locked with different keys
    And Bob can read "without Carol" in "tea"

  Scenario: New keys are made when a device is signed out
    When Bob signs in on the laptop
    And Alice says "to both devices" in "tea"
    And Bob signs out of the laptop
    And Alice says "to one device" in "tea"
    Then "to both devices" and "to one device" were locked with different keys
    And Bob can read "to one device" in "tea"
