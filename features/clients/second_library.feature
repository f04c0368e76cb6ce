@js-client
Feature: People with clients of another make are understood
  Two libraries that share no line of code read the same messages; a mistake of one cannot hide in both.

  Background:
    Given Alice has an account
    And Bob has an account and a client of another make
    And Alice and Bob share the encrypted room "tea"

  Scenario: People whose clients are of different make read each other
    When Alice says "good morning" in "tea"
    And Bob says "and to you" in "tea"
    Then Bob can read "good morning" in "tea"
    And Alice can read "and to you" in "tea"
    And the homeserver of Bob keeps only ciphertext of "and to you"

  Scenario: Changes, answers and reactions are understood by another make
    When Alice says "tee at four" in "tea"
    And Alice changes "tee at four" to "tea at four"
    And Bob answers "gladly" to "tee at four"
    And Bob reacts with "👍" to "tee at four"
    Then Bob sees "tea at four" as a change of "tee at four"
    And Alice sees "gladly" as an answer to "tee at four"
    And Alice sees "👍" as a reaction to "tee at four"

  Scenario Outline: A picture is opened with another make than it was sent with
    When <sender> sends a picture to "tea"
    Then <reader> can open the picture

    Examples:
      | sender | reader |
      | Alice  | Bob    |
      | Bob    | Alice  |

  Scenario: What was written while a client of another make was away is read later
    When Bob puts the phone to sleep
    And Alice says "while you were away" in "tea"
    And Bob wakes the phone
    Then Bob can read "while you were away" in "tea"

  Scenario: A client of another make crosses homeservers
    Given Dora has an account on beta and a client of another make
    And Alice and Dora share the encrypted room "abroad"
    When Alice says "how is it there" in "abroad"
    And Dora says "much the same" in "abroad"
    Then Dora can read "how is it there" in "abroad"
    And Alice can read "much the same" in "abroad"
