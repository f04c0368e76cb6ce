@mas
Feature: What a sign-in leaves behind opens nothing
  Codes stay in histories and logs, tokens on devices that were sold. Each is good for one client, and codes for one time.

  Background:
    Given Alice has an account

  Scenario Outline: What was used once opens nothing again (<what>)
    When Mallory tries <what> that Alice left behind
    Then Mallory is refused because it is worth nothing any more

    Examples:
      | what                                                  |
      | a code of an hour ago                                 |
      | a code that was traded                                |
      | a code of a television that is signed in              |
      | a session that was ended                              |
      | a sign-in of an older client that was used            |
      | a session of an older client that was ended           |
      | a session of an older client that was renewed         |
      | a sign-in of an older client whose browser signed out |
      | a token of before a session was renewed               |
      | a token of an hour ago                                |
      | a token of an older client of an hour ago             |
      | a token of before an older client renewed             |

  Scenario Outline: What is for one client is nothing to another (<what>)
    When Mallory tries <what> that Alice left behind
    Then Mallory is refused because it is for another client

    Examples:
      | what                                        |
      | a code, with a client of her own            |
      | a code of a television, with another client |
      | a session, to renew it with another client  |
      | a session, to end it with another client    |
