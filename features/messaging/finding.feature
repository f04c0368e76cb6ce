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

  Scenario: What was said before somebody came is not found
    Given Alice has a room "library" that people are invited to
    And what was said in "library" can be read by those who were there
    When Alice says "an early vixen" in "library"
    And Alice invites Bob to the room "library"
    And Bob accepts the invitation to "library"
    And Alice says "a late vixen" in "library"
    Then Bob finds "a late vixen" by searching for "vixen"
    And Bob does not find "an early vixen" by searching for "vixen"
