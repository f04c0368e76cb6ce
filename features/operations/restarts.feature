@own_stack
Feature: A restart of one server loses nothing
  People notice a pause at most; what they wrote, and who they are, is there afterwards.

  Scenario Outline: Everything is there after a restart of <server>
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "desk"
    When Alice says "before the pause" in "desk"
    And the operator restarts <server>
    And Bob says "after the pause" in "desk"
    Then Alice can read "after the pause" in "desk"
    And Bob can decrypt "before the pause" on the phone

    Examples:
      | server   |
      | synapse  |
      | traefik  |

  @beta-synapse
  Scenario: What was written while another homeserver was down arrives
    Given Alice has an account
    And Dora has an account on beta
    And Alice and Dora share the room "harbour"
    When the operator of beta stops its homeserver
    And Alice says "are you there" in "harbour"
    And the operator of beta starts its homeserver again
    Then Dora can read "are you there" in "harbour"
