@heisenbridge @ircd
Feature: People on Matrix and on IRC see each other come and go
  Who is in the channel is who reads along. A bridge that shows people who left, or hides
  people who came, lets others say what they would have kept to themselves.

  Background:
    Given Alice has an account
    And Ian is on IRC in "#harbour"
    And Alice is in the IRC channel "#harbour" through the bridge

  Scenario: Who comes on IRC is seen on Matrix
    When Ivy comes to "#harbour" on IRC
    Then Alice sees Ivy in "#harbour" on IRC

  Scenario: Who leaves the channel on IRC is gone on Matrix
    When Ivy comes to "#harbour" on IRC
    And Ivy leaves "#harbour" on IRC
    Then Alice no longer sees Ivy in "#harbour" on IRC

  Scenario: Who leaves IRC altogether is gone on Matrix
    When Ivy comes to "#harbour" on IRC
    And Ivy leaves IRC
    Then Alice no longer sees Ivy in "#harbour" on IRC

  Scenario: Who is kicked on IRC is gone on Matrix
    When Ivy comes to "#harbour" on IRC
    And Ian kicks Ivy in "#harbour"
    Then Alice no longer sees Ivy in "#harbour" on IRC

  Scenario: Who takes another nick on IRC has it on Matrix
    Given Alice has seen Ivy come to "#harbour" on IRC
    When Ivy calls herself "captain" on IRC
    And Ivy says "I am the captain now" in "#harbour"
    Then Alice can read "I am the captain now" in "#harbour"
    And Alice sees Ivy in "#harbour" on IRC

  Scenario: Who comes on Matrix is seen on IRC
    Then Ian sees Alice in "#harbour" on IRC

  Scenario: Who takes another nick on Matrix has it on IRC
    When Alice calls herself "skipper" on IRC
    And Alice says "call me skipper" in "#harbour"
    Then Ian sees Alice in "#harbour" on IRC
    And Ian can read "call me skipper" in "#harbour"

  Scenario: Who leaves the room on Matrix leaves the channel
    When Alice leaves "#harbour"
    Then Ian no longer sees Alice in "#harbour" on IRC

  Scenario: Who is kicked on IRC is told so on Matrix
    When Ian kicks Alice in "#harbour"
    Then Ian no longer sees Alice in "#harbour" on IRC
    And Alice is told "You were kicked from the channel" in "#harbour"
