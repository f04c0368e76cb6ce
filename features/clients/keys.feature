@js-client
Feature: Keys pass between clients of different make
  They are made, changed, compared and kept by rules that both libraries read alike.

  Background:
    Given Alice has an account
    And Bob has an account and a client of another make
    And Alice and Bob share the encrypted room "tea"

  Scenario Outline: Who comes later gets keys from every make
    Given Carol has an account
    And Carol belongs to "tea"
    When <speaker> says "welcome" in "tea"
    Then Carol can read "welcome" in "tea"

    Examples:
      | speaker |
      | Alice   |
      | Bob     |

  Scenario Outline: Every make changes keys when somebody leaves
    Given Carol has an account
    And Carol belongs to "tea"
    When <speaker> says "with Carol" in "tea"
    And Carol leaves "tea"
    And <speaker> sees that Carol has left "tea"
    And <speaker> says "without Carol" in "tea"
    Then "with Carol" and "without Carol" were locked with different keys
    And <other> can read "without Carol" in "tea"

    Examples:
      | speaker | other |
      | Alice   | Bob   |
      | Bob     | Alice |

  Scenario Outline: Signs that are compared across makes are the same
    Given Alice has a security key
    And Bob has a security key
    When <first> and <second> compare signs that are the same
    Then <first> trusts <second>
    And <second> trusts <first>

    Examples:
      | first | second |
      | Alice | Bob    |
      | Bob   | Alice  |

  Scenario: Nobody is trusted when signs differ across makes
    Given Alice has a security key
    And Bob has a security key
    When Alice and Bob compare signs that are different
    Then Alice does not trust Bob
    And Bob does not trust Alice
