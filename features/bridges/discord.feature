@discord
Feature: People reach Discord through their homeserver
  Beyond the chat with the bridge begins a network that a test cannot have. Up to there, what
  people entrust to the bridge stays between them and the bridge.

  Background:
    Given Alice has an account

  Scenario: The bridge says how to sign in to Discord
    Given Alice has a chat with the bot of discord
    When Alice says "login-token" in "discord"
    Then Alice is told "!discord login-token" in "discord"

  @MSC4190
  Scenario: The bridge to Discord understands what was encrypted for it
    Given Alice has an encrypted chat with the bot of discord
    When Alice says "open sesame" in "discord"
    Then Alice is told "Unknown command" in "discord"
    And the homeserver of Alice keeps only ciphertext of "open sesame"

  @beta-synapse
  Scenario: The bridge to Discord serves nobody from elsewhere
    Given Carol has an account on beta
    When Carol asks the bot of discord for a chat
    And Alice asks the bot of discord for a chat
    Then the bot of discord is in the chat of Alice
    And the bot of discord is not in the chat of Carol

  Scenario: The operator looks after the bridge to Discord
    Given the operator is signed in
    And Operator has a chat with the bot of discord
    When Operator says "delete-all-portals" in "discord"
    Then Operator is told "Didn't find any portals" in "discord"

  Scenario: The bridge to Discord takes no orders of the operator from others
    Given Alice has a chat with the bot of discord
    When Alice says "delete-all-portals" in "discord"
    Then Alice is told "limited to bridge administrators" in "discord"

  Scenario: Nobody signs people in to Discord behind their back
    Then discord signs nobody in for tools

  @own_stack @MSC4190
  Scenario: The bridge to Discord comes back with its keys
    Given Alice has an encrypted chat with the bot of discord
    When Alice says "open sesame" in "discord"
    And Alice has been told "Unknown command" in "discord"
    And the operator restarts discord
    And Alice says "help" in "discord"
    Then Alice is told "Show this help message" in "discord"
    And Alice sees 1 device of the bot of discord
