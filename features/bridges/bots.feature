Feature: The bot of a bridge serves those who may use it, and nobody else
  Everything about a bridge begins in a chat with its bot. People of the house may have one;
  what concerns everybody is for the operator.

  Background:
    Given Alice has an account

  Scenario Outline: The bot of <bridge> comes and tells what it can do
    Given Alice has a chat with the bot of <bridge>
    When Alice says "help" in "<bridge>"
    Then Alice is told "<answer>" in "<bridge>"

    @heisenbridge
    Examples:
      | bridge       | answer                           |
      | heisenbridge | Following commands are supported |

    @telegram
    Examples:
      | bridge   | answer                         |
      | telegram | Get instructions on how to log |

    @discord
    Examples:
      | bridge  | answer                 |
      | discord | Show this help message |

  Scenario Outline: The bot of <bridge> takes no orders of the operator from others
    Given Alice has a chat with the bot of <bridge>
    When Alice says "<order>" in "<bridge>"
    Then Alice is told "<answer>" in "<bridge>"

    @heisenbridge
    Examples:
      | bridge       | order             | answer          |
      | heisenbridge | ADDMASK * --admin | Unknown command |

    @telegram
    Examples:
      | bridge   | order          | answer                           |
      | telegram | clear-db-cache | limited to bridge administrators |

  Scenario Outline: The bot of <bridge> serves nobody from elsewhere
    Given Carol has an account on beta
    When Carol asks the bot of <bridge> for a chat
    And Alice asks the bot of <bridge> for a chat
    Then the bot of <bridge> is in the chat of Alice
    And the bot of <bridge> is not in the chat of Carol

    @heisenbridge @beta-synapse
    Examples:
      | bridge       |
      | heisenbridge |

    @telegram @beta-synapse
    Examples:
      | bridge   |
      | telegram |
