Feature: Who was away misses nothing
  A device that was switched off, or is new, shows what was said meanwhile, as it was left and in its order.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "hall"

  Scenario: A device that was asleep gets what it missed
    When Bob signs in on the laptop
    And Bob puts the laptop to sleep
    And Alice says "where are you?" in "hall"
    And Bob wakes the laptop
    Then Bob can read "where are you?" in "hall" on the laptop

  Scenario: What is too much to be told at once is looked up
    When Bob puts the phone to sleep
    And Alice says 60 things in "hall"
    And Bob wakes the phone
    Then Bob can look up all 60 things in "hall"

  Scenario: Who was away for long learns what a room is called now
    When Bob puts the phone to sleep
    And Alice renames "hall" to "salon"
    And Alice says 60 things in "hall"
    And Bob wakes the phone
    Then the phone of Bob shows "hall" under the name "salon"

  Scenario: A new device shows what was said in its order
    When Alice says "first the soup" in "hall"
    And Alice says "then the fish" in "hall"
    And Bob signs in on the laptop
    Then the laptop of Bob shows "first the soup" before "then the fish"

  Scenario: Who scrolls back finds what was changed
    When Alice says "soup at one" in "hall"
    And Alice changes "soup at one" to "soup at two"
    Then Bob finds "soup at one" changed to "soup at two" in the history

  Scenario: What somebody else would change is not changed
    When Alice says "soup at one" in "hall"
    And Alice changes "soup at one" to "soup at two"
    And Bob changes "soup at one" to "soup at nine"
    Then Bob finds "soup at one" changed to "soup at two" in the history

  Scenario: Who scrolls back finds that a thread branched off
    When Alice says "about the spices" in "hall"
    And Bob says "more pepper" in the thread of "about the spices"
    And Bob says "and salt" in the thread of "about the spices"
    Then Alice finds "about the spices" with 2 answers in the history
