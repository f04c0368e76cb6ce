Feature: Names of bridges are kept for them
  Whoever could take the name of a bridge, or of somebody on another network before they come,
  would be taken for them.

  Scenario Outline: Nobody signs up under a name of <bridge>
    Given Mallory has no account yet
    When Mallory signs up as "<name>"
    Then Mallory is refused because the name is reserved

    Examples:
      | bridge       | name             |
      | heisenbridge | irc_world_ian    |
      | telegram     | telegram_1234567 |
      | discord      | discord_1234567  |

  Scenario Outline: Nobody signs up as the bot of <bridge>
    Given Mallory has no account yet
    When Mallory signs up as "<name>"
    Then Mallory is refused because the name is taken

    Examples:
      | bridge       | name         |
      | heisenbridge | heisenbridge |
      | telegram     | telegrambot  |
      | discord      | discordbot   |

  @mas
  Scenario Outline: The homeserver keeps names of <bridge> even if the accounts forget to
    Then the homeserver of alpha tells its accounts that "<name>" is reserved

    Examples:
      | bridge       | name             |
      | heisenbridge | irc_world_ian    |
      | telegram     | telegram_1234567 |
      | discord      | discord_1234567  |

  Scenario: Nobody gives a room an address of a bridge
    Given Mallory has an account
    And Mallory has a public room called "bait"
    When Mallory gives "bait" the alias "telegram_news"
    Then Mallory is refused because the address is reserved
