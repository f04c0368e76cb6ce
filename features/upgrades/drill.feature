@own_stack @second_stack @long
Feature: A backup brings everything back
  It is taken while people go on, everything is destroyed, and an empty stack gets it. What is not whole is refused before anything
  is touched.

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

  Scenario Outline: A backup <flaw> is refused
    Given there is a stack nobody lives on yet
    And the operator has a backup <flaw>
    When the operator restores the backup
    Then the backup is refused: "<reason>"

    Examples:
      | flaw                                   | reason                                                                                               |
      | that was torn while it was written     | it is torn: its list of what it holds, which is written last, is missing; take another one           |
      | of which half a dump is left           | it is torn: synapse.dump.tar is not what was written; take another one                               |
      | without the signing key                | it lacks /data/signing.key of synapse, which nobody can make again; take a backup that has it        |
      | without the database of the homeserver | it holds no dump of database synapse; take another one                                               |
      | of another version                     | it was taken from synapse 1.153.0, and 1.144.0 runs here; restore it into that version, then upgrade |
