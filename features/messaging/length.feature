Feature: A message arrives whole, however long it may be
  What stands between people must not be narrower than what their homeserver takes.

  Background:
    Given Alice has an account
    And Bob has an account
    And Dora has an account on beta
    And Alice and Bob share the room "library"
    And Dora belongs to "library"

  Scenario: A long message arrives whole
    When Alice says something as long as a message may be in "library"
    Then Bob can read all that Alice said in "library"
    And Dora can read all that Alice said in "library"

  Scenario: A long message from elsewhere arrives whole
    When Dora says something as long as a message may be in "library"
    Then Bob can read all that Dora said in "library"

  Scenario: A message that is too long is refused
    When Alice says something longer than a message may be in "library"
    Then Alice is refused because the message is too long
