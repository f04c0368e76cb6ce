@beta-synapse
Feature: Nobody gets around a ban by coming late
  Homeservers pass on what was said while they were apart. What comes late is heard, but not from
  whom the room has shut out meanwhile.

  Background:
    Given Alice has an account
    And Carol has an account
    And Bob has an account on beta
    And Alice and Bob share the room "harbour"
    And Carol belongs to "harbour"

  Scenario: What comes late is heard
    When beta holds back "low tide at six" of Bob in "harbour"
    And Alice says "is the boat in?" in "harbour"
    And beta passes on "low tide at six" at last
    Then Carol can read "low tide at six" in "harbour"

  Scenario: What comes late is not heard from who was banned meanwhile
    When beta holds back "I never left" of Bob in "harbour"
    And Alice bans Bob in "harbour"
    And beta passes on "I never left" at last
    And Alice says "quiet at last" in "harbour"
    Then Carol receives "quiet at last" but not "I never left"
