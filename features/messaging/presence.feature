Feature: People see what others do right now
  Who is there and who is typing is shown while it is so, and no longer.

  Background:
    Given Alice has an account

  Scenario: People see who is there
    Given Bob has an account
    And Alice and Bob share the room "library"
    When Bob shows the status "out for tea"
    Then Alice sees that Bob is online with the status "out for tea"

  @beta-synapse
  Scenario: People see who is there at another homeserver
    Given Dora has an account on beta
    And Alice and Dora share the room "library"
    When Dora shows the status "at the helm"
    Then Alice sees that Dora is online with the status "at the helm"

  Scenario: Somebody is typing
    Given Bob has an account
    And Alice and Bob share the room "library"
    When Bob is typing in "library"
    Then Alice sees that Bob is typing in "library"

  Scenario: Somebody stops typing
    Given Bob has an account
    And Alice and Bob share the room "library"
    And Bob is typing in "library", as Alice sees
    When Bob stops typing in "library"
    Then Alice no longer sees that Bob is typing in "library"

  Scenario: Somebody walks away while typing
    Given Bob has an account
    And Alice and Bob share the room "library"
    When Bob is typing in "library" for a moment
    Then Alice sees that Bob is typing in "library"
    And Alice no longer sees that Bob is typing in "library"

  Scenario: Nobody types where they do not belong
    Given Bob has an account
    And Mallory has an account
    And Alice and Bob share the room "library"
    When Mallory is typing in "library"
    Then Mallory is refused because the room is closed to strangers

  @beta-synapse
  Scenario: Somebody at another homeserver is typing
    Given Dora has an account on beta
    And Alice and Dora share the room "library"
    When Dora is typing in "library"
    Then Alice sees that Dora is typing in "library"

  @beta-synapse
  Scenario: Somebody at another homeserver stops typing
    Given Dora has an account on beta
    And Alice and Dora share the room "library"
    And Dora is typing in "library", as Alice sees
    When Dora stops typing in "library"
    Then Alice no longer sees that Dora is typing in "library"
