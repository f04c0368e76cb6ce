Feature: Files reach those they are meant for
  A file is for people who are signed in, and lies where the operator's backup looks.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "album"

  @live
  Scenario: A picture is opened
    When Alice sends a picture to "album"
    Then Bob can open the picture
    And Bob can open a small version of the picture

  @live
  Scenario: A picture is not for strangers
    When Alice sends a picture to "album"
    And somebody without an account asks for the picture
    Then somebody is refused because nobody is signed in

  Scenario: A file that does not exist is not found
    When Bob asks for a file that does not exist
    Then Bob is refused because there is no such file

  Scenario: A picture lies where the deployment says
    When Alice sends a picture to "album"
    Then the homeserver of Alice keeps the picture as it is where the deployment says, and nowhere else

  Scenario: A picture in an encrypted room is unreadable to the homeserver
    Given Alice and Bob share the encrypted room "private album"
    When Alice sends a picture to "private album"
    Then Bob can open the picture
    And the homeserver of Alice keeps the picture unreadable where the deployment says, and nowhere else

  @beta-synapse
  Scenario Outline: A picture of <sender> crosses homeservers
    Given Dora has an account on beta
    And Alice and Dora share the room "postcards"
    When <sender> sends a picture to "postcards"
    Then <receiver> can open the picture
    And <receiver> can open a small version of the picture

    Examples:
      | sender | receiver |
      | Alice  | Dora     |
      | Dora   | Alice    |

  @beta-synapse
  Scenario: A picture in an encrypted room crosses homeservers
    Given Dora has an account on beta
    And Alice and Dora share the encrypted room "postcards"
    When Alice sends a picture to "postcards"
    Then Dora can open the picture
