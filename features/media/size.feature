Feature: Files are as large as the homeserver says, and no larger
  What lies between people and their homeserver lets through what the homeserver takes.

  Background:
    Given Alice has an account

  Scenario: A file that is too large is refused
    When Alice uploads a file larger than the homeserver takes
    Then Alice is refused because the file is too large

  Scenario: A file as large as the homeserver takes is kept whole
    Given Bob has an account
    When Alice uploads a file as large as the homeserver takes
    Then Bob gets all of it

  Scenario: How large a file may be is said beforehand
    Then the homeserver tells Alice that a file may have up to 50 MiB
