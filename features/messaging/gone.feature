Feature: People see who has gone
  Nobody waits for the answer of somebody whose device has long been off.

  Scenario: Whose devices are off is not there
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "library"
    And Bob shows the status "back at noon", as Alice sees
    When Bob puts the phone to sleep
    Then Alice sees that Bob has gone
