@own_stack @second_stack @long
Feature: A backup that cannot be relied on is refused
  Whoever restores half a backup has lost the other half. What is not whole, or not of one moment, is refused before anything is
  touched.

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
      | with an empty dump                     | the dump of database mas cannot be read                                                              |
      | with a dump that ends too early        | the dump of database synapse ends too early                                                          |
      | with accounts of another day           | the dump of database mas was made at 2                                                               |

  Scenario Outline: A backup <flaw> would lose people something
    Given people live on a stack of their own
    And the operator has a backup <flaw>
    When the operator restores the backup
    Then the backup is refused: "<reason>"

    Examples:
      | flaw                                       | reason                                                                                          |
      | without half of the files people uploaded  | it lacks 1 of the 2 files that people uploaded                                                  |
      | with the database of another homeserver    | it holds people of beta.test, and alpha.test runs here                                          |
      | with the signing key of another homeserver | its signing key is ed25519:a_other, and what people said is signed with ed25519:a_test; take one |
