Feature: A push gateway learns no more than it must
  Gateways belong to makers of phones and apps. What was said is none of their business.

  Scenario: The homeserver gives away who wrote, but no word
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "kitchen"
    And the phone of Bob is woken through a push gateway
    When Alice says "the key is under the mat" in "kitchen"
    Then the push gateway of Bob learns the sender and no word of "the key is under the mat"

  Scenario: A phone that fetches everything itself gives nothing away
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "kitchen"
    And the phone of Bob is woken through a push gateway by ids only
    When Alice says "the key is under the mat" in "kitchen"
    Then the push gateway of Bob learns only the ids of "the key is under the mat"

  @beta-synapse
  Scenario: Another operator lets the words through
    Given Alice has an account on beta
    And Bob has an account on beta
    And Alice and Bob share the room "kitchen"
    And the phone of Bob is woken through a push gateway
    When Alice says "the key is under the mat" in "kitchen"
    Then the push gateway of Bob learns every word of "the key is under the mat"

  @beta-synapse
  Scenario: No operator can let encrypted words through
    Given Alice has an account on beta
    And Bob has an account on beta
    And Alice and Bob share the encrypted room "kitchen"
    And the phone of Bob is woken through a push gateway
    When Alice says "the key is under the mat" in "kitchen"
    Then the push gateway of Bob learns only ciphertext of "the key is under the mat"

  Scenario: Nobody can make the homeserver knock on doors inside
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "kitchen"
    And the phone of Bob is woken through a push gateway inside the deployment
    When Alice says "who is there" in "kitchen"
    Then the push gateway of Bob is never asked
