Feature: A conversation is more than a list of messages
  What people change, answer or take back, everybody sees in the same way.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "table"

  Scenario: A message is changed
    When Alice says "soup at one" in "table"
    And Alice changes "soup at one" to "soup at two"
    Then Bob sees "soup at two" as a change of "soup at one"

  Scenario: A message is answered
    When Alice says "who cooks?" in "table"
    And Bob answers "I do" to "who cooks?"
    Then Alice sees "I do" as an answer to "who cooks?"

  Scenario: A message gets a reaction
    When Alice says "it is ready" in "table"
    And Bob reacts with "yum" to "it is ready"
    Then Alice sees "yum" as a reaction to "it is ready"

  Scenario: A reaction is given once
    When Alice says "it is ready" in "table"
    And Bob reacts with "yum" to "it is ready"
    And Bob reacts with "yum" to "it is ready"
    Then Bob is refused because the reaction was given already

  Scenario: A thread branches off
    When Alice says "about the spices" in "table"
    And Bob says "more pepper" in the thread of "about the spices"
    Then Alice sees "more pepper" as in the thread of "about the spices"

  Scenario: A message is taken back
    When Bob says "forget this" in "table"
    And Bob takes back "forget this"
    Then "forget this" is gone for Alice

  Scenario: A message reaches all devices of a person
    When Bob signs in on the laptop
    And Alice says "wherever you are" in "table"
    Then Bob can read "wherever you are" in "table" on the laptop
    And Bob can read "wherever you are" in "table" on the phone

  Scenario: Who is ignored is not heard
    Given Mallory has an account
    And Mallory belongs to "table"
    When Bob ignores Mallory
    And Mallory says "buy my spoons" in "table"
    And Alice says "any news?" in "table"
    Then Bob receives "any news?" but not "buy my spoons"
