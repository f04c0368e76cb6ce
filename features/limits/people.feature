@own_stack
Feature: Nobody takes more than their share of the homeserver
  Who does too much at once is stopped for a while. Nobody else notices, and bridges speak for many.

  Scenario Outline: Who goes on <doing> is stopped
    Given Alice has an account
    And Bob has an account
    And Alice has a public room called "hall"
    And Bob belongs to "hall"
    And the limits of synapse are as deployed
    When Bob goes on <doing>
    Then Bob was stopped after <most> times
    And Alice may do so all the same

    Examples:
      | doing            | most |
      | saying things    | 30   |
      | coming and going | 10   |
      | uploading files  | 20   |

  @heisenbridge
  Scenario: A bridge speaks for many people
    Given the limits of synapse are as deployed
    When the bridge goes on saying things
    Then the bridge was not stopped
