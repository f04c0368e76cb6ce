Feature: Nobody acts for somebody else
  Who is signed in speaks, shows and marks under their own name only, and sees nobody else's marks.

  Background:
    Given Alice has an account
    And Mallory has an account
    And Alice and Mallory share the room "office"

  Scenario Outline: Nobody <does> for somebody else
    When Mallory <does> for Alice in "office"
    Then Mallory is refused because it is the name of somebody else

    Examples:
      | does                          |
      | asks for a proof of who it is |
      | changes the name              |
      | changes the face              |
      | shows a status                |
      | starts typing                 |
      | marks the room                |
      | unmarks the room              |
      | keeps something               |
      | keeps something of a room     |
      | looks up marks                |
      | looks up what is kept         |
      | looks up what is kept of it   |
