@beta-synapse
Feature: People of different homeservers write to each other
  Alpha federates with a homeserver of another version that somebody else runs.

  Background:
    Given Alice has an account
    And Bob has an account on beta

  Scenario: A message goes from alpha to beta
    Given Alice and Bob share the room "harbour"
    When Alice says "ahoy" in "harbour"
    Then Bob can read "ahoy" in "harbour"

  Scenario: A message goes from beta to alpha
    Given Bob and Alice share the room "harbour"
    When Bob says "ahoy yourself" in "harbour"
    Then Alice can read "ahoy yourself" in "harbour"

  @live
  Scenario: An encrypted message goes from alpha to beta
    Given Alice and Bob share the encrypted room "cabin"
    When Alice says "the map is real" in "cabin"
    Then Bob can read "the map is real" in "cabin"

  @live
  Scenario: An encrypted message goes from beta to alpha
    Given Bob and Alice share the encrypted room "cabin"
    When Bob says "bring a spade" in "cabin"
    Then Alice can read "bring a spade" in "cabin"

  Scenario Outline: No homeserver sees what <writer> writes to <reader>
    Given <writer> and <reader> share the encrypted room "cabin"
    When <writer> says "for nobody else" in "cabin"
    Then <reader> can read "for nobody else" in "cabin"
    And the homeserver of <writer> keeps only ciphertext of "for nobody else"
    And the homeserver of <reader> keeps only ciphertext of "for nobody else"

    Examples:
      | writer | reader |
      | Alice  | Bob    |
      | Bob    | Alice  |
