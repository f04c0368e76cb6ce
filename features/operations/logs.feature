Feature: A request can be followed through the logs
  Somebody complains? The operator finds what they did, and what became of it.

  Scenario: The proxy and the homeserver tell what became of a request
    Given Alice has an account
    When Alice asks for a file that does not exist
    Then Alice is refused because there is no such file
    And the logs of traefik and synapse tell what became of each request of Alice
