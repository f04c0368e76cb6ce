@own_stack
Feature: A bridge that was away hears what it missed
  Nothing that people say to a bridge is lost because it was not there.

  Background:
    Given Alice has an account

  Scenario Outline: The bot of <bridge> answers what was said while it was away
    Given Alice has a chat with the bot of <bridge>
    When Alice says "help" in "<bridge>" while <bridge> is away
    Then Alice is told "<answer>" in "<bridge>"

    @heisenbridge
    Examples:
      | bridge       | answer                           |
      | heisenbridge | Following commands are supported |

    @telegram
    Examples:
      | bridge   | answer                         |
      | telegram | Get instructions on how to log |
