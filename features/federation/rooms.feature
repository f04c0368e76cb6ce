@beta-synapse
Feature: Rooms are shared by people of different homeservers
  What one homeserver decides about a room holds at the other, whose version is another one.

  Background:
    Given Alice has an account
    And Bob has an account on beta

  Scenario: Somebody from elsewhere walks into a public room
    Given Alice has a public room called "pier"
    When Bob joins "pier" of Alice by its alias
    Then Bob is in "pier"

  Scenario: Somebody from here walks into a public room elsewhere
    Given Bob has a public room called "dock"
    When Alice joins "dock" of Bob by its alias
    Then Alice is in "dock"

  Scenario: Nobody from elsewhere walks into a private room
    Given Alice has a room "cabin" that people are invited to
    When Bob joins "cabin"
    Then Bob is refused because the room is closed to strangers

  Scenario: Nobody from elsewhere walks into a room that stays at home
    Given Alice has a room "galley" that stays at home
    When Bob joins "galley"
    Then Bob is refused because the room is closed to strangers

  Scenario: Who knocks from elsewhere is let in
    Given Alice has a room "gangway" that people knock on
    When Bob knocks on "gangway"
    And Alice invites Bob to the room "gangway"
    And Bob accepts the invitation to "gangway"
    Then Bob is in "gangway"

  Scenario: Who is invited elsewhere may decline
    Given Alice has a room "cabin" that people are invited to
    When Alice invites Bob to the room "cabin"
    And Bob declines the invitation to "cabin"
    Then Bob is not in "cabin"

  Scenario: Somebody from elsewhere is sent away
    Given Alice has a public room called "pier"
    When Bob joins "pier" of Alice by its alias
    And Alice kicks Bob in "pier"
    Then Bob is not in "pier"

  Scenario: Somebody from elsewhere is banned
    Given Alice has a public room called "pier"
    When Alice bans Bob in "pier"
    And Bob joins "pier"
    Then Bob is refused because the room is closed to strangers

  Scenario: A room is found in the directory of another homeserver
    Given Alice has a public room called "pier"
    When Alice lists "pier" in the public directory
    Then Bob finds "pier" in the public directory of alpha
