Feature: A room moves on and takes its people along
  Newer kinds of rooms mend what older ones got wrong. Who was in the old room finds the new one.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "cellar"

  Scenario: Who was in the old room finds the new one
    When Alice moves "cellar" on to "attic"
    And Bob follows "cellar" to "attic"
    And Alice says "more light up here" in "attic"
    Then Bob can read "more light up here" in "attic"

  Scenario: The new room is called what the old one was
    When Alice moves "cellar" on to "attic"
    And Bob follows "cellar" to "attic"
    Then Bob sees "attic" under the name "cellar"

  Scenario: Roles move along
    When Alice makes Bob a moderator of "cellar"
    And Alice moves "cellar" on to "attic"
    And Bob follows "cellar" to "attic"
    And Bob renames "attic" to "loft"
    Then Alice sees "attic" under the name "loft"

  Scenario: Nobody goes on talking in the old room
    When Alice moves "cellar" on to "attic"
    And Bob says "anybody here?" in "cellar"
    Then Bob is refused because the role does not allow it

  Scenario: Who was banned is banned from the new room
    Given Carol has an account
    When Alice bans Carol in "cellar"
    And Alice moves "cellar" on to "attic"
    And Alice invites Carol to the room "attic"
    Then Alice is refused because the ban stands

  Scenario: An ordinary member moves nobody
    When Bob moves "cellar" on to "attic"
    Then Bob is refused because the role does not allow it

  Scenario: What is encrypted stays encrypted
    Given Alice and Bob share the encrypted room "safe"
    When Alice moves "safe" on to "vault"
    And Bob follows "safe" to "vault"
    And Alice says "still between us" in "vault"
    Then Bob can read "still between us" in "vault"
    And the homeserver of Alice keeps only ciphertext of "still between us"

  @beta-synapse
  Scenario: Who is at another homeserver finds the new room
    Given Dora has an account on beta
    And Dora belongs to "cellar"
    When Alice moves "cellar" on to "attic"
    And Dora follows "cellar" to "attic"
    And Dora says "so this is the attic" in "attic"
    Then Alice can read "so this is the attic" in "attic"
