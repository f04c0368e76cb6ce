Feature: A bridge has a say over its own people, and no others
  Who steals the token of a bridge cannot speak as people of the homeserver, nor as people of
  another network.

  Background:
    Given Alice has an account

  Scenario Outline: The bridge <bridge> speaks as <whom>
    When <bridge> speaks as <whom>
    Then <bridge> is let in

    Examples:
      | bridge       | whom           |
      | heisenbridge | itself         |
      | heisenbridge | its own people |
      | telegram     | itself         |
      | telegram     | its own people |
      | discord      | itself         |
      | discord      | its own people |

  Scenario Outline: The bridge <bridge> does not speak for <whom>
    When <bridge> speaks as <whom>
    Then <bridge> is refused because it has no say over people

    Examples:
      | bridge       | whom                       |
      | heisenbridge | a person of the homeserver |
      | heisenbridge | the people of telegram     |
      | telegram     | a person of the homeserver |
      | telegram     | the people of heisenbridge |
      | discord      | a person of the homeserver |
      | discord      | the people of telegram     |

  Scenario Outline: The bridge <bridge> brings nobody in under other names than its own
    When <bridge> brings in somebody under a name that is not its own
    Then <bridge> is refused because it has no say over people

    Examples:
      | bridge       |
      | heisenbridge |
      | telegram     |
      | discord      |
