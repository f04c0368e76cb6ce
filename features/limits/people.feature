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

    @beta-synapse
    Examples:
      | doing                    | most |
      | entering rooms elsewhere | 10   |

  Scenario: Who was stopped goes on after a while
    Given Alice has an account
    And Alice has a room "hall" that people are invited to
    And the limits of synapse are as deployed
    When Alice goes on saying things
    Then Alice goes on as soon as she was told

  Scenario: A room is not stormed by many
    Given Alice has an account
    And Bob has an account
    And Carol has an account
    And Alice has a public room called "hall"
    And the limits of synapse are as deployed
    When Bob goes on coming and going with the others
    Then Bob was stopped after 20 times

  @MSC4140
  Scenario: Who goes on being heard of in calls is stopped
    Given Alice has an account
    And the limits of synapse are as deployed
    When Alice goes on being heard of in calls
    Then Alice was stopped after 20 times

  Scenario Outline: The bridge <bridge> speaks for many people
    Given the limits of synapse are as deployed
    When the bridge <bridge> goes on saying things
    Then the bridge <bridge> was not stopped

    Examples:
      | bridge       |
      | heisenbridge |
      | telegram     |
      | discord      |
