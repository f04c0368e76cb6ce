Feature: All devices of a person tell the same story
  It does not matter which of them is at hand, or how long one was in a drawer.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "hall"

  Scenario: What was read on one device waits on none
    When Bob signs in on the laptop
    And Alice says "dinner is served" in "hall"
    And Bob reads "dinner is served"
    Then Bob has 0 unread messages in "hall" on the laptop

  Scenario: What was not read waits on all devices
    Given Bob has seen everything in "hall"
    When Bob signs in on the laptop
    And Alice says "dinner is served" in "hall"
    Then Bob has 1 unread message in "hall" on the laptop

  Scenario: What somebody says on one device shows on the others
    When Bob signs in on the laptop
    And Bob says "coming down" in "hall" on the laptop
    Then Bob can read "coming down" in "hall" on the phone

  Scenario: A room joined on one device shows on the others
    Given Alice has a public room called "yard"
    When Bob signs in on the laptop
    And Bob joins "yard"
    Then the laptop of Bob shows "yard"

  Scenario: What is marked on one device is marked on the others
    When Bob signs in on the laptop
    And Bob marks "hall" as a favourite
    Then the laptop of Bob shows "hall" as a favourite

  Scenario: Whom somebody ignores on one device is ignored on the others
    When Bob signs in on the laptop
    And Bob ignores Alice
    Then the laptop of Bob shows Alice as ignored
