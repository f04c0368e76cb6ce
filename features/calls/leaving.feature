@MSC4140
Feature: Who drops out of a call has left it
  A phone that loses its connection cannot say goodbye. It leaves word with the homeserver
  beforehand, which says it once nothing is heard of the phone any more.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "standup"

  Scenario: What was left with the homeserver is said when its time has come
    When Alice leaves "gone home" with the homeserver, to be said in "standup"
    And Alice puts the phone to sleep
    Then Bob can read "gone home" in "standup"

  Scenario: What was called off is never said
    When Alice leaves "gone home" with the homeserver, to be said in "standup"
    And Alice calls off "gone home"
    And Alice leaves "here again" with the homeserver, to be said in "standup"
    Then Bob can read "here again" but not "gone home" in "standup"

  Scenario: Word is left for a day, and for no longer
    When Alice leaves "good night" with the homeserver, to be said in "standup" 24 hours later
    And Alice calls off "good night"
    And Alice leaves "good morning" with the homeserver, to be said in "standup" 25 hours later
    Then Alice is refused because the homeserver keeps nothing for so long

  Scenario: Who is heard of stays in the call
    Given Alice is in a call in "standup"
    When Alice is heard of for longer than the homeserver waits
    Then Bob sees Alice in the call in "standup"

  Scenario: Who drops out has left the call
    Given Alice is in a call in "standup"
    When Alice puts the phone to sleep
    Then Bob no longer sees Alice in the call in "standup"
