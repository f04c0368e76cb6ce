@beta-synapse @own_stack
Feature: Another homeserver may be away for a while, or not be spoken to at all
  What was said meanwhile arrives when it is back, in the order it was said.

  Background:
    Given Alice has an account
    And Bob has an account on beta
    And Alice and Bob share the room "harbour"

  Scenario: Nothing is lost while the other homeserver is away
    When Alice says "fog, a bell, a light" in "harbour" while beta-synapse is away
    Then the homeserver of Bob shows "fog, a bell, a light" of "harbour" in this order

  Scenario: Encrypted words are read once the other homeserver is back
    Given Alice and Bob share the encrypted room "hold"
    When Alice says "all aboard" in "hold"
    And Alice says "bring rope" in "hold" while beta-synapse is away
    Then Bob can read "bring rope" in "hold"

  Scenario: A device that was new while the other homeserver was away reads what comes
    Given Alice and Bob share the encrypted room "hold"
    When Bob says "who is aboard?" in "hold"
    And Alice signs in on the laptop while beta-synapse is away
    And Bob says "which of you is it?" in "hold"
    Then Alice can read "which of you is it?" in "hold" on the laptop

  Scenario: A homeserver that is not on the list is not spoken to
    Given the operator lets alpha speak to nobody but "friends.test"
    When Alice invites Bob to the room "cabin"
    Then Alice is refused because alpha does not speak to the other homeserver

  Scenario: A homeserver that is not on the list is not listened to
    Given the operator lets alpha speak to nobody but "friends.test"
    When alpha is asked in the name of beta, signed with its key
    Then beta is refused because alpha does not speak to the other homeserver

  Scenario: A homeserver on the list is spoken to
    Given the operator lets alpha speak to nobody but "beta.test"
    When Alice says "well met" in "harbour"
    Then Bob can read "well met" in "harbour"
