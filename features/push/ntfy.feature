@ntfy
Feature: ntfy wakes phones without Google and Apple
  It keeps what a phone did not hear, and answers only for its own address.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "hut"

  Scenario: ntfy tells the phone about a message
    Given the phone of Bob is woken through ntfy by ids only
    When Alice says "snow is coming" in "hut"
    Then the phone of Bob is told of "snow is coming"
    And the push gateway of Bob learns only the ids of "snow is coming"

  Scenario: ntfy tells a phone that was switched off later
    Given the phone of Bob is woken through ntfy by ids only
    When Bob switches the phone off
    And Alice says "snow is coming" in "hut"
    And Bob switches the phone on
    Then the phone of Bob is told of "snow is coming"

  Scenario: ntfy does not answer for phones of another ntfy
    Given the phone of Bob is woken through ntfy under a foreign address by ids only
    When Alice says "snow is coming" in "hut"
    Then nothing wakes the phone of Bob any more
