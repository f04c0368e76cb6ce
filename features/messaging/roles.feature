Feature: What people may do in a room follows their role
  Ordinary members talk. Moderators keep order.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "office"

  Scenario: The one who made a room renames it
    When Alice renames "office" to "library"
    Then Bob sees "office" under the name "library"

  Scenario: An ordinary member does not rename a room
    When Bob renames "office" to "library"
    Then Bob is refused because the role does not allow it

  Scenario: A moderator renames a room
    When Alice makes Bob a moderator of "office"
    And Bob renames "office" to "library"
    Then Alice sees "office" under the name "library"

  Scenario: An ordinary member does not take back what others said
    When Alice says "minutes of the meeting" in "office"
    And Bob takes back "minutes of the meeting"
    Then Bob is refused because the role does not allow it

  Scenario: A moderator takes back what others said
    When Alice makes Bob a moderator of "office"
    And Alice says "a slip of the tongue" in "office"
    And Bob takes back "a slip of the tongue"
    Then "a slip of the tongue" is gone for Alice

  Scenario: Ordinary members only listen where the room wants it so
    When Alice lets only moderators speak in "office"
    And Bob says "may I?" in "office"
    Then Bob is refused because the role does not allow it

  Scenario: A moderator speaks where others only listen
    When Alice lets only moderators speak in "office"
    And Alice makes Bob a moderator of "office"
    And Bob says "silence, please" in "office"
    Then Alice can read "silence, please" in "office"

  Scenario: Ordinary members invite nobody where the room wants it so
    Given Carol has an account
    When Alice lets only moderators invite in "office"
    And Bob invites Carol to the room "office"
    Then Bob is refused because the role does not allow it

  Scenario: Everybody says where they are where the room wants it so
    When Alice lets everybody say where they are in "office"
    And Bob says that Bob is "in the attic" in "office"
    Then Alice sees that Bob is "in the attic" in "office"

  Scenario: Nobody says it for somebody else
    When Alice lets everybody say where they are in "office"
    And Bob says that Alice is "out of the house" in "office"
    Then Bob is refused because the role does not allow it
