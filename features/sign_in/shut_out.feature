@mas
Feature: Who was shut out finds no other way in
  A way in is shut at every door: in the browser, for clients of before OAuth, by mail, and half way through signing up.

  Scenario: A locked account has no use for the session of an older client
    Given Alice has an account
    When Alice signs in on the tablet with an older client
    And the operator locks the account of Alice
    And Alice renews the session on the tablet
    Then the tablet of Alice is signed out

  Scenario: A deactivated account does not sign in in the browser
    Given Alice has an account
    When the operator deactivates the account of Alice
    And Alice signs in with the current password
    Then Alice is refused because the account is gone

  @mailpit
  Scenario: Who was locked out gets no way back by mail
    Given Alice has an account with an e-mail address
    When Alice asks for a way back in
    And the operator locks the account of Alice
    And Alice sets a new password through the link in the mail
    Then Alice is refused because the account is locked

  @mailpit
  Scenario: A link of yesterday leads nowhere
    Given Alice has an account with an e-mail address
    When Alice asks for a way back in
    And a day passes for the link in the mail to Alice
    And Alice sets a new password through the same link
    Then Alice is refused because the link is too old

  Scenario: Nobody ends the sign-up of somebody else
    Given Carol has no account yet
    When Mallory goes on where Carol stopped signing up
    Then Mallory is refused because it is somebody else's sign-up

  Scenario: Nobody is led to somebody else after signing in
    Given Alice has an account
    When Mallory lets Alice sign in and come back to somebody else
    Then Mallory is refused because the way back is not its own
