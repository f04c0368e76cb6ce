@own_stack @beta-synapse
Feature: Nobody meets a limit who does what people do
  Limits are for who does too much. An evening among friends, here and elsewhere, is far from
  all of them.

  Background:
    Given Alice has an account
    And Bob has an account
    And Carol has an account on beta
    And the limits of synapse are as deployed

  Scenario: Friends make rooms, invite one another and write
    Given Alice and Bob share the encrypted room "kitchen"
    And Alice and Bob share the room "garden"
    And Carol belongs to "garden"
    When Alice sends a picture to "kitchen"
    And Alice, Bob and Carol each say 8 things in "garden" at once
    Then Alice received all 24 things in "garden", each person's in order
    And Carol received all 24 things in "garden", each person's in order
