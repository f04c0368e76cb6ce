Feature: Everybody finds the right door, and the others are closed
  People type a server name; their clients and other homeservers find everything else from
  it. What is for operators only has no way in from the outside.

  @live
  Scenario: Clients find the homeserver
    Then alpha shows clients the way to its homeserver

  @mas @live
  Scenario: Clients find where accounts are kept
    Then alpha shows clients the way to its accounts

  Scenario: Other homeservers find alpha by its well-known document
    Then alpha leads other homeservers to its web door
    And alpha answers other homeservers with its own signing key

  @beta-synapse
  Scenario: Other homeservers find beta without a document
    Then beta leads other homeservers to its federation door
    And beta answers other homeservers with its own signing key

  @mas @live
  Scenario: Signing in at the homeserver leads to the accounts
    Then signing in at the homeserver of alpha is answered by Matrix Authentication Service

  @live
  Scenario: Plain HTTP carries nothing
    Then plain HTTP to alpha leads to HTTPS and carries nothing else

  Scenario Outline: The <door> is closed to the outside
    Then the <door> of alpha is closed to the outside

    Examples:
      | door             |
      | admin API        |
      | health check     |
      | metrics          |
      | proxy monitoring |

  @mas
  Scenario Outline: The door for <door> is closed to the outside
    Then the <door> of alpha is closed to the outside

    Examples:
      | door               |
      | account sync       |
      | account monitoring |

  Scenario: A door that the operator opens is open at once
    When the operator opens one more door of alpha
    Then the new door of alpha leads to its homeserver

  @live
  Scenario: An alias travels through a URL
    Given Alice has an account
    And Bob has an account
    And Alice has a public room called "50% tea/cakes; why?"
    When Bob joins "50% tea/cakes; why?" of Alice by its alias
    Then Bob is in "50% tea/cakes; why?"
