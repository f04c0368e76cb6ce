Feature: Nobody rises alone, and nobody rules who is above
  Whatever role somebody was given, it reaches down and never up.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "office"

  Scenario: An ordinary member sends nobody away
    When Bob kicks Alice in "office"
    Then Bob is refused because the role does not allow it

  Scenario Outline: Nobody who is above is <sent away> by a moderator
    When Alice makes Bob a moderator of "office"
    And Bob <sends away> Alice in "office"
    Then Bob is refused because the role does not allow it

    Examples:
      | sent away | sends away |
      | kicked    | kicks      |
      | banned    | bans       |

  Scenario: A moderator does not become administrator alone
    When Alice makes Bob a moderator of "office"
    And Bob makes Bob an administrator of "office"
    Then Bob is refused because the role does not allow it

  Scenario: Who hands out roles hands out none above their own
    Given Carol has an account
    And Carol belongs to "office"
    When Alice lets moderators hand out roles in "office"
    And Alice makes Bob a moderator of "office"
    And Bob makes Carol an administrator of "office"
    Then Bob is refused because the role does not allow it

  Scenario: Who hands out roles hands out their own
    Given Carol has an account
    And Carol belongs to "office"
    When Alice lets moderators hand out roles in "office"
    And Alice makes Bob a moderator of "office"
    And Bob makes Carol a moderator of "office"
    And Carol renames "office" to "library"
    Then Alice sees "office" under the name "library"
