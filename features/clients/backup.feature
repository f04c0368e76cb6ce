@js-client
Feature: A security key is good for clients of every make
  People change their client and keep their past.

  Background:
    Given Alice has an account
    And Bob has an account and a client of another make
    And Alice and Bob share the encrypted room "tea"

  Scenario Outline: Old messages are read with another make than they were received with
    Given <owner> has a security key
    When <friend> says "long ago" in "tea"
    And <owner> backs up the keys of "tea"
    And <owner> signs in on the laptop with a client of another make
    And <owner> enters the security key of <owner> on the laptop
    And <owner> restores the keys on the laptop
    Then the laptop of <owner> is verified
    And <owner> can decrypt "long ago" on the laptop

    Examples:
      | owner | friend |
      | Alice | Bob    |
      | Bob   | Alice  |

  Scenario: Old messages stay locked for another make without the security key
    When Bob says "long ago" in "tea"
    And Alice signs in on the laptop with a client of another make
    Then the laptop of Alice is not verified
    And Alice cannot decrypt "long ago" on the laptop
