Feature: People choose how others see them
  A face for everybody, and another name among friends.

  Background:
    Given Alice has an account
    And Bob has an account

  Scenario: Somebody changes the face they show
    When Bob shows a face
    And Bob shows another face
    Then Alice sees the face of Bob

  @beta-synapse
  Scenario: A face is seen at another homeserver
    Given Dora has an account on beta
    When Alice shows a face
    Then Dora sees the face of Alice

  Scenario: Somebody goes by another name
    When Bob goes by "Yorick"
    Then Alice knows Bob as "Yorick"

  Scenario: Another name shows in the rooms of who goes by it
    Given Alice and Bob share the room "stage"
    When Bob goes by "Yorick"
    Then Alice knows Bob as "Yorick" in "stage"

  Scenario: Somebody goes by another name in one room
    Given Alice and Bob share the room "stage"
    When Bob goes by "Hamlet" in "stage"
    Then Alice knows Bob as "Hamlet" in "stage"
    And Alice knows Bob by name

  Scenario: A room without a name is called after who is there
    Given Alice and Bob share the room "attic" without a name
    Then Bob sees that "attic" goes by the name of Alice
