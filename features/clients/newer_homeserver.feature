@MSC4186 @beta-synapse
Feature: A newer homeserver serves small screens as well
  Apps stay the same while operators move to newer versions.

  Background:
    Given Alice has an account
    And Bob has an account on beta
    And Alice and Bob share the room "harbour"
    And Alice and Bob share the room "lighthouse"
    And Bob uses an app that shows 1 room

  Scenario: What comes from another homeserver moves the room up
    When Alice says "fog" in "harbour"
    Then the app of Bob received "fog"
    And the app of Bob lists "harbour" of 2 rooms

  Scenario: A place that a newer homeserver has forgotten is no dead end
    When Bob goes on in the app from a place the homeserver has forgotten
    Then Bob is refused because the homeserver has forgotten the place
    And the app of Bob lists "lighthouse" of 2 rooms
