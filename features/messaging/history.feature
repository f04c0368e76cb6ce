Feature: A newcomer reads as much of the past as the room allows
  The rule of a room decides, for what was said while the rule was in force.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice has a room "archive" that people are invited to

  Scenario Outline: The past is open to <whom>
    Given what was said in "archive" can be read by <whom>
    When Alice says "before Bob came" in "archive"
    And Alice invites Bob to the room "archive"
    And Bob accepts the invitation to "archive"
    Then Bob can look up "before Bob came"

    Examples:
      | whom        |
      | all members |
      | everybody   |

  Scenario Outline: The past is closed to who came later where it is for <whom>
    Given what was said in "archive" can be read by <whom>
    When Alice says "before Bob came" in "archive"
    And Alice invites Bob to the room "archive"
    And Bob accepts the invitation to "archive"
    Then Bob cannot read "before Bob came"

    Examples:
      | whom                   |
      | those who were there   |
      | those who were invited |

  Scenario: The past is open from the invitation on
    Given what was said in "archive" can be read by those who were invited
    When Alice invites Bob to the room "archive"
    And Alice says "while Bob hesitated" in "archive"
    And Bob accepts the invitation to "archive"
    Then Bob can look up "while Bob hesitated"

  Scenario: The past is closed to outsiders
    Given what was said in "archive" can be read by all members
    When Alice says "for members" in "archive"
    Then Bob cannot read "for members"

  Scenario: The past of an open book is open to outsiders
    Given what was said in "archive" can be read by everybody
    When Alice says "for everybody" in "archive"
    Then Bob can look up "for everybody"

  Scenario: Who left does not read on
    Given Bob belongs to "archive"
    When Bob leaves "archive"
    And Alice says "after Bob left" in "archive"
    Then Bob cannot read "after Bob left"

  Scenario: Who left still looks up what was said before
    Given Bob belongs to "archive"
    When Alice says "while Bob was there" in "archive"
    And Bob leaves "archive"
    Then Bob can look up "while Bob was there"
