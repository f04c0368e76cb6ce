@own_stack @second_stack
Feature: An upgrade loses nothing that people would miss
  People live on a stack, a server gets another version, and everything is looked for. Then the way back is rehearsed on a copy.

  Scenario Outline: Nothing is lost when the operator upgrades <hops>
    Given people live on a stack of their own
    When the operator upgrades <hops>
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
    And the way back <way back>

    Examples: In every run
      | hops               | way back |
      | synapse to 1.163.2 | is safe  |

    @long @synapse-middle
    Examples: Over a version in the middle
      | hops                                   | way back |
      | synapse to 1.153.0, synapse to 1.163.2 | is safe  |

    @long @postgres-17 @postgres-18
    Examples: The next databases
      | hops           | way back         |
      | postgres to 17 | needs the backup |
      | postgres to 18 | needs the backup |

    @long @mas @mas-next
    Examples: The next accounts
      | hops          | way back         |
      | mas to 1.22.0 | needs the backup |

    @long @mas @mas-next @postgres-17
    Examples: Several at once
      | hops                                              | way back         |
      | postgres to 17, mas to 1.22.0, synapse to 1.163.2 | needs the backup |
