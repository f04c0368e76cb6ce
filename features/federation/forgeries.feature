@beta-synapse
Feature: A homeserver is believed for its own people only
  Whatever another homeserver passes on, nobody speaks, types or reads for people who live elsewhere.

  Background:
    Given Alice has an account
    And Carol has an account
    And Bob has an account on beta
    And Alice and Bob share the room "harbour"
    And Carol belongs to "harbour"

  Scenario: What somebody said is heard when their homeserver passes it on
    When beta passes on "low tide at six" as words of Bob in "harbour"
    Then Alice can read "low tide at six" in "harbour"

  Scenario: Nobody speaks for people who live elsewhere
    When beta passes on "sell the boat" as words of Carol in "harbour"
    And Bob says "who was that?" in "harbour"
    Then Alice receives "who was that?" but not "sell the boat"
    And Alice cannot read "sell the boat"

  Scenario: What somebody else signed is not heard
    When beta passes on "sell the boat" as words of Bob in "harbour", signed with a made-up key
    And Bob says "who was that?" in "harbour"
    Then Alice receives "who was that?" but not "sell the boat"
    And Alice cannot read "sell the boat"

  Scenario: What was changed on the way is not shown
    When beta passes on "low tide at six" as words of Bob in "harbour", changed to "low tide at nine"
    Then Alice finds "low tide at six" empty in the history

  Scenario: Nobody takes back what people said who live elsewhere
    When Alice says "ice on the pier" in "harbour"
    And beta passes on that Bob takes back "ice on the pier"
    And Bob says "what ice?" in "harbour"
    Then Alice can read "what ice?" in "harbour"
    And Alice can look up "ice on the pier"

  Scenario: Nobody types for people who live elsewhere
    When beta says that Carol is typing in "harbour"
    And Bob is typing in "harbour"
    Then Alice sees that only Bob is typing in "harbour"

  Scenario: Nobody reads for people who live elsewhere
    When Alice says "ice on the pier" in "harbour"
    And beta says that Carol has read "ice on the pier"
    Then Alice does not see that Carol has read "ice on the pier"

  Scenario: A homeserver is given what its people may read
    When Alice says "fish at the pier" in "harbour"
    Then alpha gives beta "fish at the pier"

  Scenario: A homeserver is not given what was said before its people came
    Given Alice and Carol share the room "cabin"
    And what was said in "cabin" can be read by those who were there
    When Alice says "between us" in "cabin"
    And Alice invites Bob to the room "cabin"
    And Bob accepts the invitation to "cabin"
    Then alpha does not give beta "between us"
