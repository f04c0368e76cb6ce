Feature: People make sure that keys are the other's
  They compare signs on two devices. Only when both say that they are the same, trust follows.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice has a security key
    And Bob has a security key
    And Alice and Bob share the encrypted room "tea"

  Scenario: The signs are the same
    When Alice and Bob compare signs that are the same
    Then Alice trusts Bob
    And Bob trusts Alice

  Scenario: The signs differ
    When Alice and Bob compare signs that are different
    Then Alice does not trust Bob
    And Bob does not trust Alice

  Scenario: Nobody is trusted by default
    When Alice says "hello" in "tea"
    Then Alice does not trust Bob

  Scenario: Whom somebody trusts is nobody else's business
    When Alice and Bob compare signs that are the same
    Then Alice alone is shown that she trusts Bob
