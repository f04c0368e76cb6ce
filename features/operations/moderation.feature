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

  @mas
  Scenario: Who was not there reads nothing of people that the operator erased
    Given Carol has an account
    When Bob says "I live in Elm Street" in "market"
    And the operator erases the account of Bob
    And Alice invites Carol to the room "market"
    And Carol accepts the invitation to "market"
    Then Carol finds "I live in Elm Street" empty in the history
    And Alice can look up "I live in Elm Street"

  Scenario: A picture that the operator removes is gone
    When Alice sends a picture to "market"
    And the operator removes the picture
    And Bob asks for the picture
    Then Bob is refused because there is no such file
    And the homeserver of Alice keeps the picture no more

  Scenario: A picture that the operator locks away is shown to nobody
    When Alice sends a picture to "market"
    And the operator locks the picture away
    And Bob asks for the picture
    Then Bob is refused because there is no such file

  Scenario: A picture that the operator gives back is shown again
    When Alice sends a picture to "market"
    And the operator locks the picture away
    And the operator gives the picture back
    Then Bob can open the picture

  Scenario: Whom the operator silences brings nobody in
    Given Carol has an account
    When the operator silences Bob
    And Bob invites Carol to the room "market"
    Then Bob is refused because the operator silenced the account

  Scenario: Whom the operator silences walks in nowhere
    Given Alice has a public room called "square"
    When the operator silences Bob
    And Bob joins "square"
    Then Bob is refused because the operator silenced the account

  Scenario: Whom the operator silences says nothing
    When the operator silences Bob
    And Bob says "bicycles!" in "market"
    Then Bob is refused because the operator silenced the account
