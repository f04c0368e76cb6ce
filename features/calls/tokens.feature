@livekit @lk-jwt
Feature: The token service opens calls to those who may hold them
  People of the house open calls, people from elsewhere come to those that are open, and each
  of them under their own name.

  Background:
    Given Alice has an account

  Scenario: The token service lets people of the homeserver into a call
    When Alice joins the call "standup" with a token of the token service
    Then Alice is in the call "standup"

  Scenario: The token service gives nobody a token in the name of somebody else
    Given Bob has an account
    When Alice joins the call "standup" with a token of the token service
    And Alice asks the token service for the call "standup" in the name of Bob
    Then Alice is refused because the token service does not believe it

  @beta-synapse
  Scenario: Who comes from elsewhere joins a call that is open
    Given Carol has an account on beta
    When Alice joins the call "standup" with a token of the token service
    And Carol joins the call "standup" with a token of the token service
    Then Carol is in the call "standup"

  @beta-synapse
  Scenario: Who comes from elsewhere opens no call
    Given Carol has an account on beta
    When Carol joins the call "standup" with a token of the token service
    Then Carol is refused because nobody opened the call
