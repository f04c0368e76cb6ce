@heisenbridge @ircd
Feature: Pictures from Matrix are opened on IRC
  IRC knows words only. What people of the homeserver show in a channel is a link there, and the
  proxy leads who follows it to the bridge, for just that file.

  Background:
    Given Alice has an account
    And Ian is on IRC in "#harbour"
    And Alice is in the IRC channel "#harbour" through the bridge

  Scenario: A picture that Alice shows is opened on IRC
    When Alice sends a picture to "#harbour"
    Then Ian opens the picture by the link in "#harbour"

  Scenario: A link that was made up opens nothing
    When Alice sends a picture to "#harbour"
    And Ian makes up a link to the picture
    Then Ian is refused because the link was never given
