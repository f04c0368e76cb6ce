@heisenbridge @ircd
Feature: A conversation crosses to IRC and back whole
  IRC knows short lines and little else. What it cannot carry as it is arrives in another
  shape, and not in pieces or twice.

  Background:
    Given Alice has an account
    And Ian is on IRC in "#harbour"
    And Alice is in the IRC channel "#harbour" through the bridge

  Scenario Outline: What <somebody> does is seen by <other> as done
    When <somebody> does "waves" in "#harbour"
    Then <other> sees <somebody> do "waves" in "#harbour"

    Examples:
      | somebody | other |
      | Alice    | Ian   |
      | Ian      | Alice |

  Scenario: An announcement on IRC is one on Matrix
    When Ian announces "high tide" in "#harbour"
    Then Alice sees Ian announce "high tide" in "#harbour"

  Scenario: A long text arrives in several lines, and whole
    When Alice says 90 words in "#harbour"
    Then Ian can read all 90 words in "#harbour", in order and none twice

  Scenario: A correction is short when it is of the last message
    When Alice says "meet me at five" in "#harbour"
    And Alice changes "meet me at five" to "meet me at six"
    Then Ian can read "* six" in "#harbour"

  Scenario: A correction of an earlier message is said in full
    When Alice says "meet me at five" in "#harbour"
    And Alice says "bring a coat" in "#harbour"
    And Alice changes "meet me at five" to "meet me at seven"
    Then Ian can read "meet me at seven" in "#harbour"

  Scenario Outline: A topic that <somebody> gives is seen by <other>
    When <somebody> gives "#harbour" the topic "fair winds"
    Then <other> sees the topic "fair winds" in "#harbour"

    Examples:
      | somebody | other |
      | Alice    | Ian   |
      | Ian      | Alice |
