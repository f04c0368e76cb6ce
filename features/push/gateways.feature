Feature: A phone is told in the end, whatever its push gateway goes through
  Gateways are other people's servers, and have bad days.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "stop"
    And the phone of Bob is woken through a push gateway

  Scenario Outline: What a gateway that <was> missed is told later
    Given the push gateway of Bob <was>
    When Alice says "the bus leaves" in "stop"
    And the push gateway of Bob recovers
    Then the phone of Bob is told of "the bus leaves"

    Examples:
      | was            |
      | fails          |
      | hangs up       |
      | talks nonsense |

  Scenario: A slow gateway keeps nobody else waiting
    Given Carol has an account
    And Carol belongs to "stop"
    And the phone of Carol is woken through a push gateway
    And the push gateway of Bob keeps everybody waiting
    When Alice says "the bus leaves" in "stop"
    Then the phone of Carol is told of "the bus leaves"

  Scenario: A phone that its gateway no longer knows is forgotten
    Given the push gateway of Bob no longer knows the phone
    When Alice says "the bus leaves" in "stop"
    Then nothing wakes the phone of Bob any more

  Scenario: A gateway has no say over phones of others
    Given the push gateway of Bob no longer knows somebody else
    When Alice says "the bus comes" in "stop"
    And Alice says "the bus leaves" in "stop"
    Then the phone of Bob is told of "the bus leaves"
    And the phone of Bob is still woken

  @own_stack
  Scenario: What a gateway missed is told even after the homeserver was restarted
    Given the push gateway of Bob fails
    When Alice says "the bus leaves" in "stop"
    And the operator restarts synapse
    And the push gateway of Bob recovers
    Then the phone of Bob is told of "the bus leaves"
