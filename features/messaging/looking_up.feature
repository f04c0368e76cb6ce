Feature: What was said is found again by who is pointed to it
  A link, a thread or a date leads to the place where it was said.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "stove"

  Scenario: Who opens a thread finds what was said in it
    When Alice says "soup today" in "stove"
    And Bob says "more pepper" in the thread of "soup today"
    And Bob says "and salt" in the thread of "soup today"
    Then Alice finds "more pepper, and salt" by opening the thread of "soup today"

  Scenario: The threads of a room are listed
    When Alice says "soup today" in "stove"
    And Alice says "bread tomorrow" in "stove"
    And Bob says "more pepper" in the thread of "soup today"
    Then Bob finds only "soup today" among the threads of "stove"

  Scenario: Who follows a link finds what was said around it
    When Alice says "first the soup" in "stove"
    And Alice says "then the fish" in "stove"
    And Alice says "at last the cake" in "stove"
    Then Bob finds "first the soup" before and "at last the cake" after "then the fish"

  Scenario: Who jumps to a date finds what was said then
    When Alice says "first the soup" in "stove"
    And Alice says "then the fish" in "stove"
    Then Bob finds "then the fish" by the time it was said
