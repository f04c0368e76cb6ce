@beta-synapse
Feature: A homeserver without an account service keeps accounts itself
  What holds there holds for every homeserver that somebody else runs in the old way.

  Background:
    Given Bob has an account on beta
    And Eve has no account yet on beta

  Scenario: A taken name is refused by the homeserver
    When Eve signs up under the name of Bob
    Then Eve is refused because the name is taken

  Scenario: Who would like a taken name is told beforehand
    When Eve asks whether the name of Bob is free
    Then Eve is refused because the name is taken

  Scenario: A weak password is refused by the homeserver
    When Eve signs up with the password "ninechars"
    Then Eve is refused because the password is too weak

  Scenario: A wrong password is refused by the homeserver
    When Bob signs in with the password "not my password at all"
    Then Bob is refused because the password is wrong

  Scenario: A second device signs in at the homeserver
    When Bob signs in on the laptop
    Then Bob is signed in on 2 devices

  Scenario: A session ends at the homeserver
    When Bob signs out
    Then Bob is refused because the session is over

  Scenario: Whoever finds a phone does not shut its owner out of other devices
    When Bob signs in on the laptop
    And Bob removes the laptop without the password
    Then Bob is refused because the password is asked for

  Scenario: All sessions end at once at the homeserver
    When Bob signs in on the laptop
    And Bob signs out everywhere
    Then the phone of Bob is signed out
    And the laptop of Bob is signed out

  Scenario: The operator makes an administrator of the homeserver
    When the operator of beta makes Grace an administrator
    Then Grace may use the admin API of the homeserver
    And Bob may not use the admin API of the homeserver
