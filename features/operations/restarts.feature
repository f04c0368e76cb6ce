@own_stack
Feature: A restart loses nothing, whoever has to start anew
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
      | postgres |
      | synapse  |
      | traefik  |

  Scenario: Everything is there after the power failed
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "desk"
    When Alice says "before the night" in "desk"
    And the power fails at alpha, and postgres comes back last
    And Bob says "after the night" in "desk"
    Then Alice can read "after the night" in "desk"
    And Bob can decrypt "before the night" on the phone

  Scenario: The proxy is taken for ready only with its routes
    When the proxy of alpha loses its routes
    Then the proxy of alpha does not say that it is well
