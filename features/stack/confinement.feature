Feature: A server that is broken into is of little use
  Who gets hold of one server should find no further way in from there, and no way out.

  Scenario: No server opens a door that nobody asked for
    Then every server listens only where it is meant to

  Scenario: No server rules over the machine
    Then no server has power over the machine it runs on

  Scenario Outline: The server <server> knows whom the world trusts
    Then <server> takes the certificates that the world takes

    @heisenbridge
    Examples:
      | server       |
      | heisenbridge |

    @telegram
    Examples:
      | server   |
      | telegram |
