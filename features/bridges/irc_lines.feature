@heisenbridge @ircd
Feature: IRC networks are reached over encrypted lines
  Networks on the internet want to be reached that way. The bridge looks whom it talks to.

  Background:
    Given Alice has an account

  Scenario: A message goes to IRC over an encrypted line
    Given the operator leads people to IRC over an encrypted line
    And Ian is on IRC in "#harbour"
    And Alice is in the IRC channel "#harbour" through the bridge
    When Alice says "nobody listens in" in "#harbour"
    Then Ian can read "nobody listens in" in "#harbour"

  Scenario: The bridge does not talk to whom a certificate is not for
    Given the operator leads people to IRC over an encrypted line to another name
    When Alice goes to IRC through the bridge
    Then the bridge tells Alice that the certificate is for another name
