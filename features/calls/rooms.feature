Feature: Calls of many people have a place
  Clients learn from the homeserver where calls are held. Who gets in there is decided by
  the operator's token service, and by nobody else.

  @MSC4143
  Scenario: Clients learn where calls are held
    Given Alice has an account
    Then alpha shows clients the way to its calls
    And the homeserver of Alice shows the way to the calls of alpha
    And alpha leads who wants to join a call to its token service

  @MSC4222
  Scenario: Clients learn who is there by now
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "standup"
    Then the homeserver of Alice tells clients who is in a room by now

  @livekit
  Scenario: Who has a token of the operator gets into a call
    Given Alice has an account
    And the operator opened the call "standup"
    When Alice joins the call "standup" with a token of the operator
    Then Alice is in the call "standup"
    And Alice sends sound and pictures to where the firewall lets them in

  @livekit
  Scenario Outline: A token <flaw> opens no call
    Given Alice has an account
    And the operator opened the call "standup"
    When Alice joins the call "standup" with a token <flaw>
    Then Alice is refused because the token opens no call

    Examples:
      | flaw                    |
      | signed by somebody else |
      | that has expired        |

  @livekit
  Scenario: Nobody opens a call just by joining it
    Given Alice has an account
    When Alice joins the call "standup" with a token of the operator
    Then Alice is refused because nobody opened the call
