Feature: What happens in a room is for those who are in it
  Who is there, what it is called and what was said is nobody else's business.

  Background:
    Given Alice has an account
    And Bob has an account
    And Mallory has an account
    And Alice and Bob share the room "bedroom"

  Scenario: Nobody looks into a room from outside
    When Alice says "nobody hears us" in "bedroom"
    And Mallory looks into "bedroom" for "nobody hears us"
    Then Mallory is refused because the room is closed to strangers

  Scenario: Who has left does not see who is there
    When Bob leaves "bedroom"
    And Bob asks who is in "bedroom"
    Then Bob is refused because the room is closed to strangers
