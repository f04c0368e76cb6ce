Feature: Who is in a room is decided by its people
  An invitation is an offer, a ban is a locked door, and who has left is out.

  Background:
    Given Alice has an account
    And Bob has an account

  @live
  Scenario: An invitation is accepted
    Given Alice has a room "kitchen" that people are invited to
    When Alice invites Bob to the room "kitchen"
    And Bob accepts the invitation to "kitchen"
    Then Bob is in "kitchen"

  Scenario: Who is invited reads nothing before answering
    Given Alice has a room "kitchen" that people are invited to
    When Alice invites Bob to the room "kitchen"
    And Alice says "shall we wait for Bob?" in "kitchen"
    Then Bob cannot read "shall we wait for Bob?"

  Scenario: An invitation is declined
    Given Alice has a room "kitchen" that people are invited to
    When Alice invites Bob to the room "kitchen"
    And Bob declines the invitation to "kitchen"
    Then Bob is not in "kitchen"

  Scenario: An invitation is withdrawn
    Given Alice has a room "kitchen" that people are invited to
    When Alice invites Bob to the room "kitchen"
    And Alice kicks Bob in "kitchen"
    Then Bob is not in "kitchen"

  Scenario: Nobody walks into a private room
    Given Alice has a room "kitchen" that people are invited to
    When Bob joins "kitchen"
    Then Bob is refused because the room is closed to strangers

  Scenario: Anybody walks into a public room
    Given Alice has a public room called "market"
    When Bob joins "market"
    Then Bob is in "market"

  Scenario: Who knocks is let in
    Given Alice has a room "porch" that people knock on
    When Bob knocks on "porch"
    And Alice invites Bob to the room "porch"
    And Bob accepts the invitation to "porch"
    Then Bob is in "porch"

  Scenario: Who knocks is not in yet
    Given Alice has a room "porch" that people knock on
    When Bob knocks on "porch"
    And Bob joins "porch"
    Then Bob is refused because the room is closed to strangers

  Scenario: A private room cannot be knocked on
    Given Alice has a room "kitchen" that people are invited to
    When Bob knocks on "kitchen"
    Then Bob is refused because the room is closed to strangers
