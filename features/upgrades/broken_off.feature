@own_stack @second_stack @long
Feature: An upgrade that is broken off leads on or back
  The machine fails while a server changes the tables of its database. Whoever starts it once more loses nothing.

  Scenario: The homeserver is killed while it migrates
    Given people live on a stack of their own
    When synapse is killed while the operator upgrades it to 1.163.2
    Then synapse does not start, and the operator reads "started once more, it comes up, and nothing is lost"
    And the way back is safe

  @mas @mas-next
  Scenario: The accounts are killed while they migrate
    Given people live on a stack of their own
    When mas is killed while the operator upgrades it to 1.22.0
    Then mas does not start, and the operator reads "started once more, it comes up, and nothing is lost"
    And the way back needs the backup
