@prometheus
Feature: The monitoring sees every server, and names the one that stopped
  An operator who is told which server stopped need not search for it. What monitors the
  servers has no door to the outside.

  Scenario: The monitoring gets numbers from every server
    Then the monitoring gets numbers from mas, synapse and traefik

  Scenario: The rules of the deployment can be read
    Then the monitoring can read what the operator deploys

  Scenario: The monitoring network holds the monitoring and whom it asks
    Then the network "monitoring" connects only mas, prometheus, synapse and traefik

  @own_stack
  Scenario: The operator is told which server stopped
    Given the monitoring asks every second
    And the operator stops synapse
    Then the monitoring reports that synapse stopped, and nothing else

  @own_stack
  Scenario: An alert is over when the server is back
    Given the monitoring asks every second
    And the operator stops traefik
    When the operator restarts traefik once the monitoring reports it
    Then the monitoring reports nothing

  @mas @own_stack
  Scenario: The operator is told that the accounts stopped
    Given the monitoring asks every second
    And the operator stops mas
    Then the monitoring reports that mas stopped, and nothing else
