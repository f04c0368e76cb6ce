@beta-synapse
Feature: Homeservers prove who they are with each request
  What one asks another is signed with its key. Without that anybody could speak for anybody.

  Scenario: A signed request is answered
    When alpha is asked in the name of beta, signed with its key
    Then alpha answers the other homeserver
    And alpha asked nobody else whose key it is

  Scenario: A request signed with another key is refused
    When alpha is asked in the name of beta, signed with a made-up key
    Then beta is refused because the signature is missing or wrong

  Scenario: A request signed for another homeserver is refused
    When alpha is asked in the name of beta, signed for somebody else
    Then beta is refused because the signature is missing or wrong

  Scenario: A request without a signature is refused
    When alpha is asked in the name of beta, without a signature
    Then beta is refused because the signature is missing or wrong
