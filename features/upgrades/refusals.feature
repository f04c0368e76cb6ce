@own_stack @second_stack @long
Feature: An upgrade that cannot work is refused in words
  A server that does not start says why; the operator is not left waiting.

  Background:
    Given there is a stack nobody lives on yet

  @postgres-17
  Scenario: A database is not run by another major version
    When the operator puts postgres 17 on the storage as it is
    Then postgres does not start, and the operator reads "database files are incompatible with server"

  @mas @heisenbridge-previous
  Scenario: A bridge that is too old for the accounts
    When the operator puts heisenbridge 1.15.3 on the storage as it is
    Then heisenbridge does not start, and the operator reads "the inhibit_login parameter must be set to true"
