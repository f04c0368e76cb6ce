Feature: A request can be followed through the logs
  Somebody complains? The operator finds what they did, and what became of it.

  Scenario: The proxy and the homeserver tell what became of a request
    Given Alice has an account
    When Alice asks for a file that does not exist
    Then Alice is refused because there is no such file
    And the logs of traefik and synapse tell what became of each request of Alice

  Scenario Outline: The log of <server> can be read
    Given Alice has an account
    Then the log of <server> tells when something happened, and how serious it is
    And the log of <server> leaves out what only its makers need

    Examples:
      | server  |
      | synapse |
      | traefik |

    @mas
    Examples:
      | server |
      | mas    |

    @telegram
    Examples:
      | server   |
      | telegram |

    @discord
    Examples:
      | server  |
      | discord |

    @livekit
    Examples:
      | server  |
      | livekit |

  @coturn
  Scenario: The log of the relay can be read
    Then the log of coturn tells when something happened
