@own_stack @second_stack @long
Feature: A backup brings everything back
  It is taken while people go on, everything is destroyed, and an empty stack gets it.

  Scenario: Everything is there again after everything was destroyed
    Given people live on a stack of their own
    And the operator has a backup
    When everything is destroyed and the operator restores the backup
    Then these are kept:
      | accounts                    |
      | sessions and tokens         |
      | devices and their keys      |
      | cross-signing               |
      | key backup                  |
      | encrypted history           |
      | words                       |
      | files                       |
      | encrypted files             |
      | rooms, roles and visibility |
      | aliases and directory       |
      | spaces                      |
      | receipts and unread counts  |
      | invitations                 |
      | account data                |
      | push rules and pushers      |
      | signing key                 |
      | federation                  |
      | bridge links and puppets    |
      | registration tokens         |
      | administrator rights        |
    And what Alice said after the backup is gone
