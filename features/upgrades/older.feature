@own_stack @second_stack @long
Feature: A stack that is behind catches up
  Whoever runs an older version than the pinned one gets to it, and loses nothing.

  @traefik-previous
  Scenario: The proxy of before
    Given people live on a stack of their own with traefik 3.5.4
    When the operator upgrades traefik to 3.6.25
    Then nothing that people would miss is lost
    And the way back is safe

  @synapse-middle
  Scenario: The homeserver of in between
    Given people live on a stack of their own with synapse 1.153.0
    When the operator upgrades synapse to 1.163.2
    Then nothing that people would miss is lost
    And the way back is safe

  @mas
  Scenario: Accounts move from the homeserver to where they belong
    Given people live on a stack of their own that keeps its own accounts
    When the operator moves the accounts to Matrix Authentication Service
    Then nothing that people would miss is lost
    And the way back loses what came since
