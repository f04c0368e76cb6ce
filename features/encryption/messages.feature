Feature: What two people write to each other stays between them
  Keys are made on devices and never leave them. The homeserver stores what it cannot read.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "tea"

  @live
  Scenario: An encrypted message arrives
    When Alice says "the kettle is on" in "tea"
    Then Bob can read "the kettle is on" in "tea"

  Scenario: The homeserver sees only ciphertext
    When Alice says "nobody else may know" in "tea"
    Then Bob can read "nobody else may know" in "tea"
    And the homeserver of Alice keeps only ciphertext of "nobody else may know"

  Scenario: All devices of a person read what is written
    When Bob signs in on the laptop
    And Alice says "hello, both of you" in "tea"
    Then Bob can read "hello, both of you" in "tea" on the laptop
    And Bob can read "hello, both of you" in "tea" on the phone

  Scenario: A device added later reads what is written from then on
    When Alice says "hello phone" in "tea"
    And Bob signs in on the laptop
    And Alice says "hello laptop" in "tea"
    Then Bob can read "hello laptop" in "tea" on the laptop
    And Bob can read "hello laptop" in "tea" on the phone

  Scenario: Somebody outside the room cannot read it
    Given Mallory has an account
    When Alice says "not for Mallory" in "tea"
    And Mallory tries to read "not for Mallory"
    Then Mallory is refused because the room is closed to strangers
