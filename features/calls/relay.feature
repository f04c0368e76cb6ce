@coturn
Feature: A relay carries calls of people who find no direct way
  Behind strict networks people reach each other only through a server both can reach. It
  serves people of this homeserver, and leads nobody into the operator's own networks.

  Scenario Outline: Two people hear each other through the relay over <protocol>
    Given Alice has an account
    And Bob has an account
    When Alice and Bob meet at the relay over <protocol>
    Then Alice and Bob hear each other through the relay

    Examples:
      | protocol |
      | UDP      |
      | TCP      |

  Scenario: The relay is only for people who are signed in
    When somebody without an account asks for the relay
    Then somebody is refused because nobody is signed in

  Scenario Outline: The relay does not take <credentials>
    Given Alice has an account
    When Alice uses the relay with <credentials>
    Then Alice is refused because the relay does not take these credentials

    Examples:
      | credentials              |
      | a made-up password       |
      | credentials of yesterday |

  Scenario: The relay leads nobody into the deployment
    Given Alice has an account
    When Alice looks for servers of the deployment through the relay
    Then Alice is refused because the relay leads into no private network

  Scenario: The relay opens no connections for anybody
    Given Alice has an account
    When Alice asks the relay for a connection
    Then Alice is refused because the relay carries packets only

  Scenario: Nobody takes all places at the relay
    Given Alice has an account
    And Bob has an account
    When Alice goes on opening places at the relay
    Then Alice was stopped after 12 times
    And Bob may do so all the same

  Scenario: The relay tells strangers nothing of what it runs
    Then the relay of alpha tells strangers nothing of what it runs
