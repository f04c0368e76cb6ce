Feature: A bridge has a say over its own people, and no others
  Who steals the token of a bridge cannot speak as people of the homeserver.

  Background:
    Given Alice has an account

  @heisenbridge
  Scenario Outline: The bridge <bridge> speaks as <whom>
    When <bridge> speaks as <whom>
    Then <bridge> is let in

    Examples:
      | bridge       | whom           |
      | heisenbridge | itself         |
      | heisenbridge | its own people |

  @heisenbridge
  Scenario Outline: The bridge <bridge> does not speak for others
    When <bridge> speaks as a person of the homeserver
    Then <bridge> is refused because it has no say over people

    Examples:
      | bridge       |
      | heisenbridge |
