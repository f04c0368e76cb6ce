Feature: A place that was kept for a file waits for its owner
  Slow lines are helped by saying first where a file will be. Nobody else puts another one there.

  Background:
    Given Alice has an account
    And Bob has an account

  Scenario: Who kept a place for a picture fills it later
    When Alice keeps a place for a picture
    And Alice fills the place
    Then Bob gets all of it

  Scenario: A place that was kept for a picture is filled by nobody else
    When Alice keeps a place for a picture
    And Bob fills the place
    Then Bob is refused because it is the place of somebody else

  Scenario: What is in its place is not replaced
    When Alice keeps a place for a picture
    And Alice fills the place
    And Alice fills the place again
    Then Alice is refused because the place is filled
