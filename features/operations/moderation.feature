Feature: The operator has the last word on what is kept here
  Who is harmed says so, and the operator can do something about it.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "market"

  Scenario: What people report reaches the operator
    When Alice says "bicycles, no questions asked" in "market"
    And Bob reports "bicycles, no questions asked"
    Then the operator reads what Bob reported

  Scenario: A room that the operator shuts is shut for everybody
    When the operator shuts "market"
    Then "market" is shut for Alice
    And "market" is shut for Bob

  Scenario: A picture that the operator removes is gone
    When Alice sends a picture to "market"
    And the operator removes the picture
    And Bob asks for the picture
    Then Bob is refused because there is no such file
    And the homeserver of Alice keeps the picture no more
