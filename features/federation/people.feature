@beta-synapse
Feature: People of another homeserver are known by name and by device
  Who signs in on a further device reads there what is said from then on.

  Background:
    Given Alice has an account
    And Bob has an account on beta

  Scenario: People elsewhere are known by their name
    Then Alice knows Bob by name
    And Bob knows Alice by name

  Scenario: What people call their devices is not told elsewhere
    When Alice calls the phone "found in the attic"
    Then Bob does not learn what Alice calls the phone

  Scenario: A further device elsewhere reads what comes
    Given Alice and Bob share the encrypted room "cabin"
    When Alice says "for your device" in "cabin"
    And Bob signs in on the laptop
    And Alice says "for all your devices" in "cabin"
    Then Bob can read "for all your devices" in "cabin" on the laptop

  Scenario: A further device here reads what comes from elsewhere
    Given Bob and Alice share the encrypted room "cabin"
    When Bob says "for one of you" in "cabin"
    And Alice signs in on the laptop
    And Bob says "for all of you" in "cabin"
    Then Alice can read "for all of you" in "cabin" on the laptop

  Scenario: Somebody from elsewhere leaves
    Given Alice and Bob share the room "pier"
    When Bob leaves "pier"
    And Alice sees that Bob has left "pier"
    And Alice says "he is gone" in "pier"
    Then Bob is not in "pier"
    And Bob cannot read "he is gone"
