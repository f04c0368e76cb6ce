Feature: A file is no page of the homeserver
  Whoever uploads something that a browser would run must not act in the name of the
  homeserver that way.

  Scenario: A page that somebody uploads does nothing
    Given Mallory has an account
    And Bob has an account
    When Mallory uploads a page
    Then the homeserver lets no browser run what Bob gets of it
