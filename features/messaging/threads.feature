Feature: A thread is followed apart from its room
  Who skips a thread still keeps up with the room, and the other way round.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "stove"
    And Bob has seen everything in "stove"

  Scenario: What is new in a thread is counted apart
    When Alice says "soup today" in "stove"
    And Alice says "more pepper" in the thread of "soup today"
    Then Bob has 1 unread message in the thread of "soup today" and 1 beside it

  Scenario: Who reads a thread has not read the room
    When Alice says "soup today" in "stove"
    And Alice says "more pepper" in the thread of "soup today"
    And Alice says "bread tomorrow" in "stove"
    And Bob reads "more pepper" in its thread
    Then Bob has 0 unread messages in the thread of "soup today" and 2 beside it

  Scenario: Who reads the room has not read its threads
    When Alice says "soup today" in "stove"
    And Alice says "more pepper" in the thread of "soup today"
    And Alice says "bread tomorrow" in "stove"
    And Bob reads "bread tomorrow" outside threads
    Then Bob has 1 unread message in the thread of "soup today" and 0 beside it
