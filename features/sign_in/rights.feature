@mas
Feature: The operator decides who looks after the homeserver
  Rights are asked for, and not had by chance.

  Background:
    Given Alice has an account

  Scenario: An administrator asks for the rights, and has them
    When the operator makes Alice an administrator
    And Alice asks for administrator rights
    Then Alice may use the admin API of the homeserver

  Scenario: An administrator who did not ask has no rights
    When the operator makes Alice an administrator
    Then Alice may not use the admin API of the homeserver

  Scenario: Who is no administrator gets no rights
    When Alice asks for administrator rights
    Then Alice is refused because the rights are for operators

  Scenario: Who is an administrator no more gets no rights
    When the operator makes Alice an administrator
    And the operator makes Alice an ordinary person again
    And Alice asks for administrator rights
    Then Alice is refused because the rights are for operators
