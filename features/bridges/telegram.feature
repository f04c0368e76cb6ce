@telegram
Feature: People reach Telegram through their homeserver
  Beyond the chat with the bridge begins a network that a test cannot have. Up to there, what
  people entrust to the bridge stays between them and the bridge.

  Background:
    Given Alice has an account

  Scenario: The bridge says how to sign in to Telegram
    Given Alice has a chat with the bot of telegram
    When Alice says "login" in "telegram"
    Then Alice is told "Please send your phone number" in "telegram"

  @MSC4190
  Scenario: The bridge understands what was encrypted for it
    Given Alice has an encrypted chat with the bot of telegram
    When Alice says "open sesame" in "telegram"
    Then Alice is told "Unknown command" in "telegram"
    And the homeserver of Alice keeps only ciphertext of "open sesame"

  Scenario: Who is not welcome is told so
    Given Carol has an account on beta
    When Carol asks the bot of telegram for a chat
    Then Carol is told "You are not whitelisted to use this bridge" in "telegram"

  Scenario: The operator looks after the bridge
    Given the operator is signed in
    And Operator has a chat with the bot of telegram
    When Operator says "clear-db-cache portal" in "telegram"
    Then Operator is told "Cleared portal cache" in "telegram"

  Scenario: Nobody signs people in behind their back
    Then telegram signs nobody in for tools

  @own_stack @MSC4190
  Scenario: The bridge comes back with its keys
    Given Alice has an encrypted chat with the bot of telegram
    When Alice says "open sesame" in "telegram"
    And Alice has been told "Unknown command" in "telegram"
    And the operator restarts telegram
    And Alice says "login" in "telegram"
    Then Alice is told "Please send your phone number" in "telegram"
    And Alice sees 1 device of the bot of telegram

  @own_stack
  Scenario: What was said while the bridge was away is answered
    Given Alice has a chat with the bot of telegram
    When Alice says "login" in "telegram" while telegram is away
    Then Alice is told "Please send your phone number" in "telegram"

  @own_stack
  Scenario: The bridge serves on after a restart of the homeserver
    Given Alice has an encrypted chat with the bot of telegram
    When Alice says "open sesame" in "telegram"
    And Alice has been told "Unknown command" in "telegram"
    And the operator restarts synapse
    And Alice says "login" in "telegram"
    Then Alice is told "Please send your phone number" in "telegram"
