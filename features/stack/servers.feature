@first
Feature: The servers are the ones that were promised
  A run proves something only about the servers it really started. These checks run before
  all others; when one fails, nothing else is tried.

  Scenario: Every server is healthy
    Then every server is healthy

  Scenario: Every server runs the version of the lock
    Then every server runs the version of the lock

  Scenario: Every server was started from the image that was resolved
    Then every server was started from the image that was resolved

  Scenario: The databases sort as Synapse demands
    Then every database of alpha sorts by byte, as Synapse demands
