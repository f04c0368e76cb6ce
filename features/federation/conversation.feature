@beta-synapse
Feature: A conversation crosses homeservers whole
  Changes, receipts and signs of life arrive as they do at home.

  Background:
    Given Alice has an account
    And Bob has an account on beta
    And Alice and Bob share the room "strait"

  Scenario: A message is changed across homeservers
    When Bob says "wind from west" in "strait"
    And Bob changes "wind from west" to "wind from east"
    Then Alice sees "wind from east" as a change of "wind from west"

  Scenario: A message is answered across homeservers
    When Alice says "how deep?" in "strait"
    And Bob answers "ten fathoms" to "how deep?"
    Then Alice sees "ten fathoms" as an answer to "how deep?"

  Scenario: A reaction crosses homeservers
    When Bob says "land ahead" in "strait"
    And Alice reacts with "hooray" to "land ahead"
    Then Bob sees "hooray" as a reaction to "land ahead"

  Scenario Outline: What <somebody> takes back is gone for <other> elsewhere
    When <somebody> says "all is lost" in "strait"
    And <other> answers "not yet" to "all is lost"
    And <somebody> takes back "all is lost"
    Then "all is lost" is gone for <other>

    Examples:
      | somebody | other |
      | Alice    | Bob   |
      | Bob      | Alice |

  Scenario: Reading is seen across homeservers
    When Alice says "a signal" in "strait"
    And Bob reads "a signal"
    Then Alice sees that Bob has read "a signal"

  Scenario: Reading in private is not seen across homeservers
    When Alice says "a signal" in "strait"
    And Bob reads "a signal" without showing it
    Then Alice does not see that Bob has read "a signal"
    And alpha is not told that Bob has read it in private

  Scenario: A homeserver that is shut out of a room does not speak there
    Given Alice and Bob share the room "bay"
    When Alice shuts beta out of "strait"
    And Bob says "let me in" in "strait"
    And Bob says "are you there" in "bay"
    Then Alice can read "are you there" in "bay"
    And Alice cannot read "let me in"

  Scenario: A past that is open is fetched from elsewhere
    Given Carol has an account on beta
    When Alice says "before Carol came" in "strait"
    And Alice invites Carol to the room "strait"
    And Carol accepts the invitation to "strait"
    Then Carol can look up "before Carol came"
