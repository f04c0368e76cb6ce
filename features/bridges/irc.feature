@heisenbridge @ircd
Feature: People on Matrix and on IRC talk to each other
  The bridge puts a Matrix person into IRC channels under their own nick, and shows people
  on IRC as people of the homeserver.

  Background:
    Given Alice has an account
    And Ian is on IRC in "#harbour"

  Scenario: A message goes from Matrix to IRC
    Given Alice is in the IRC channel "#harbour" through the bridge
    When Alice says "ahoy from Matrix" in "#harbour"
    Then Ian can read "ahoy from Matrix" in "#harbour"

  Scenario: A message goes from IRC to Matrix
    Given Alice is in the IRC channel "#harbour" through the bridge
    When Ian says "ahoy from IRC" in "#harbour"
    Then Alice can read "ahoy from IRC" in "#harbour"

  Scenario: A private chat goes both ways
    Given Alice is in the IRC channel "#harbour" through the bridge
    When Alice opens a private IRC chat with Ian
    And Alice says "just us" to Ian in private on IRC
    And Ian says "just us indeed" to Alice in private on IRC
    Then Ian can read "just us" from Alice in private on IRC
    And Alice can read "just us indeed" from Ian in private on IRC

  Scenario: Several people of the homeserver share a channel, and read everything once
    Given Bob has an account
    And Alice is in the IRC channel "#harbour" through the bridge
    And Bob is in the IRC channel "#harbour" through the bridge
    When Ian says "land ahoy" in "#harbour"
    And Alice says "aye aye" in "#harbour"
    Then Bob can read "aye aye" in "#harbour" just once
    And Alice can read "land ahoy" in "#harbour" just once
    And Ian can read "aye aye" in "#harbour" just once

  @own_stack
  Scenario Outline: The link survives a restart of <server>
    Given Alice is in the IRC channel "#harbour" through the bridge
    When the operator restarts <server>
    And Ian sees Alice come back to "#harbour" on IRC
    And Alice says "still there?" in "#harbour"
    And Ian says "still here" in "#harbour"
    Then Ian can read "still there?" in "#harbour"
    And Alice can read "still here" in "#harbour"

    Examples:
      | server       |
      | heisenbridge |
      | synapse      |
