Feature: An invitation is an offer
  It says what it is about, since nobody accepts what they cannot tell from anything else, and it
  waits for the answer.

  Scenario: Who is invited sees who asks, and into which room
    Given Alice has an account
    And Bob has an account
    And Alice has a room "kitchen" that people are invited to
    When Alice invites Bob to the room "kitchen"
    Then Bob sees that Alice invites to "kitchen"

  @beta-synapse
  Scenario: Who is invited elsewhere sees it as well
    Given Alice has an account
    And Bob has an account on beta
    And Alice has a room "kitchen" that people are invited to
    When Alice invites Bob to the room "kitchen"
    Then Bob sees that Alice invites to "kitchen"

  Scenario: Who is ignored invites nobody
    Given Alice has an account
    And Bob has an account
    And Mallory has an account
    When Bob ignores Mallory
    And Mallory invites Bob to the room "spoon shop"
    And Alice invites Bob to the room "kitchen"
    Then Bob is invited to "kitchen" but not to "spoon shop"

  Scenario: An invitation waits for its answer
    Given Alice has an account
    And Bob has an account
    And Alice has a room "kitchen" that people are invited to
    When Alice invites Bob to the room "kitchen"
    And Bob signs in on the laptop
    Then Bob is invited to "kitchen"

  Scenario: Who is invited to a talk of two is told so
    Given Alice has an account
    And Bob has an account
    When Alice invites Bob to the talk of two "bench"
    Then Bob sees that "bench" is to be a talk of two

  Scenario: Who is invited to a talk of two has the same say
    Given Alice has an account
    And Bob has an account
    When Alice invites Bob to the talk of two "bench"
    And Bob accepts the invitation to "bench"
    And Bob renames "bench" to "sofa"
    Then Alice sees "bench" under the name "sofa"

  Scenario: Who is invited sees that nobody else will read along
    Given Alice has an account
    And Bob has an account
    And Alice has a room "vault" that is encrypted
    When Alice invites Bob to the room "vault"
    Then Bob sees that "vault" is to be encrypted
