@mas @mailpit
Feature: Who forgot the password gets back in by mail
  The way back goes to an address that was confirmed, and nowhere else. Who only asks learns nothing.

  Background:
    Given Alice has an account with an e-mail address

  Scenario: The link in the mail leads to a new password
    When Alice asks for a way back in
    And Alice sets a new password through the link in the mail
    And Alice signs in with the current password
    Then Alice is signed in

  Scenario: The mail says who it comes from
    When Alice asks for a way back in
    Then the mail to Alice comes from the accounts, and answers go to the operator

  Scenario: The forgotten password opens nothing any more
    When Alice asks for a way back in
    And Alice sets a new password through the link in the mail
    And Alice signs in with the old password
    Then Alice is refused because the password is wrong

  Scenario: The link works once
    When Alice asks for a way back in
    And Alice sets a new password through the link in the mail
    And Alice sets a new password through the same link
    Then Alice is refused because the link was used already

  Scenario: The way back takes no weak password
    When Alice asks for a way back in
    And Alice sets the password "letmein" through the link in the mail
    Then Alice is refused because the password is too weak

  Scenario: Nobody learns whose address is known
    When somebody asks for a way back in with an address nobody has
    Then somebody is answered as if it were the address of Alice
    And no mail goes to that address
