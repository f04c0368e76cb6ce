Feature: Servers reach only what they need
  A bridge talks to people on other networks all day. When somebody breaks into one, the
  database with everybody's accounts must still be out of reach.

  Scenario: The database network holds the database and who needs it
    Then the network "db" connects only mas, postgres and synapse

  Scenario: The web network holds the proxy and what it serves
    Then the network "web" connects only livekit, lk-jwt, mas, synapse and traefik

  @mas @mailpit
  Scenario: The mail network holds the accounts and the mail server
    Then the network "mail" connects only mailpit and mas

  Scenario: The bridge network holds the homeserver and its bridges
    Then the network "bridges" connects only synapse and its bridges

  Scenario Outline: The bridge <bridge> reaches the homeserver and not the database
    Then synapse reaches postgres
    And <bridge> reaches synapse
    And <bridge> cannot reach postgres

    @heisenbridge
    Examples:
      | bridge       |
      | heisenbridge |

    @telegram
    Examples:
      | bridge   |
      | telegram |

  @mas
  Scenario: Servers that share a database server do not share what is in it
    Then synapse cannot read the database of mas
    And mas cannot read the database of synapse

  Scenario: Who comes to the database needs a password
    Then the database of alpha asks whoever comes for a password

  @mas
  Scenario Outline: The bridge <bridge> cannot reach the accounts
    Then synapse reaches mas
    And <bridge> cannot reach mas

    @heisenbridge
    Examples:
      | bridge       |
      | heisenbridge |

    @telegram
    Examples:
      | bridge   |
      | telegram |

  @beta-synapse
  Scenario: Another homeserver cannot reach this one but through the proxy
    Then beta-synapse reaches traefik
    And beta-synapse cannot reach postgres
