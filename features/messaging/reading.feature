Feature: People know what was read, and what still waits
  Whether others see that something was read is up to the reader.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "post"
    And Bob has seen everything in "post"

  Scenario: Others see what was read
    When Alice says "a letter" in "post"
    And Bob reads "a letter"
    Then Alice sees that Bob has read "a letter"

  Scenario: Others do not see what was read in private
    When Alice says "a letter" in "post"
    And Bob reads "a letter" without showing it
    Then Alice does not see that Bob has read "a letter"

  Scenario: Unread messages are counted
    When Alice says "one" in "post"
    And Alice says "two" in "post"
    Then Bob has 2 unread messages in "post", 0 of them for him

  Scenario: A message that names somebody counts as theirs
    When Alice says "a parcel" in "post"
    And Alice mentions Bob with "please sign" in "post"
    Then Bob has 2 unread messages in "post", 1 of them for him

  Scenario: What was read waits no more
    When Alice says "a letter" in "post"
    And Bob reads "a letter"
    Then Bob has 0 unread messages in "post", 0 of them for him

  Scenario: What was read in private waits no more
    When Alice says "a letter" in "post"
    And Bob reads "a letter" without showing it
    Then Bob has 0 unread messages in "post", 0 of them for him

  Scenario: Where somebody reads on is the same on all devices
    When Alice says "a letter" in "post"
    And Bob signs in on the laptop
    And Bob stops reading at "a letter"
    Then the laptop of Bob reads on from "a letter"

  Scenario: Where somebody reads on does not go back
    When Alice says "one" in "post"
    And Alice says "two" in "post"
    And Bob stops reading at "two"
    And Bob stops reading at "one"
    Then the phone of Bob reads on from "two"

  Scenario: Nothing is lost or turned around when all write at once
    Given Carol has an account
    And Carol belongs to "post"
    When Alice, Bob and Carol each say 15 things in "post" at once
    Then Alice received all 45 things in "post", each person's in order
    And Bob received all 45 things in "post", each person's in order
    And Carol received all 45 things in "post", each person's in order
