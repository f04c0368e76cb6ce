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
      | server  |
      | synapse |
      | traefik |

  Scenario: The proxy is taken for ready only with its routes
    When the proxy of alpha loses its routes
    Then the proxy of alpha does not say that it is well
