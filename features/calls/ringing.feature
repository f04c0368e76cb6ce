Feature: A call rings for those who are meant
  Whoever talks to one person may ring; nobody rings a whole market.

  Background:
    Given Alice has an account
    And Bob has an account

  Scenario: A call in a talk of two rings
    Given Alice and Bob share the room "kitchen"
    When Alice rings in "kitchen"
    Then Bob hears Alice ring

  Scenario: Nobody rings in a public room
    Given Alice has a public room called "market"
    When Alice rings in "market"
    Then Alice is refused because nobody rings in public
