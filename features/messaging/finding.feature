Feature: People and words are found again
  Only what somebody may read is searched for them.

  Background:
    Given Alice has an account
    And Bob has an account

  Scenario: Words are found in one's rooms
    Given Alice and Bob share the room "library"
    When Alice says "the quick brown vixen" in "library"
    Then Bob finds "the quick brown vixen" by searching for "vixen"

  Scenario: Words are not found in other people's rooms
    Given Carol has an account
    And Alice and Bob share the room "library"
    When Alice says "the quick brown vixen" in "library"
    Then Bob finds "the quick brown vixen" by searching for "vixen"
    And Carol does not find "the quick brown vixen" by searching for "vixen"

  Scenario: People find each other
    Then Alice finds Bob in the directory of people

  Scenario: What was taken back is found no more
    Given Alice and Bob share the room "library"
    When Alice says "a stray vixen" in "library"
    And Alice says "a proper vixen" in "library"
    And Alice takes back "a stray vixen"
    Then Bob finds "a proper vixen" by searching for "vixen"
    And Bob does not find "a stray vixen" by searching for "vixen"
