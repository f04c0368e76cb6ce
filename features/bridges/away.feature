@own_stack
Feature: A bridge that was away hears what it missed
  Nothing that people say to a bridge is lost because it was not there.

  @telegram
  Scenario: The bot of a bridge answers what was said while it was away
    Given Alice has an account
    And Alice has a chat with the bot of telegram
    When Alice says "help" in "telegram" while telegram is away
    Then Alice is told "Get instructions on how to log" in "telegram"

  @heisenbridge @telegram
  Scenario: A bridge is told nothing of rooms that are none of its own
    Given Alice has an account
    And Alice has a room "kitchen" that people are invited to
    And Alice has a chat with the bot of telegram
    And the operator stops heisenbridge
    When Alice says "between us" in "kitchen"
    And Alice says "help" in "telegram"
    Then Alice is told "Get instructions on how to log" in "telegram"
    And nothing of "between us" waits for heisenbridge
