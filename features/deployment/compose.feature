@own_stack @second_stack @long @compose
Feature: What was tested can be deployed
  A Compose project is written from the same declarations and templates. Here the commands of its README are done, word by word,
  and a check looks at it from outside, as one looks at any deployment.

  @mas
  Scenario: A deployment is found as it should be
    Given the operator has deployed the stack
    When the operator checks the deployment
    Then the check finds nothing wrong

  @mas
  Scenario: A deployment gets its certificates by itself
    Given the operator has deployed the stack with certificates that are asked for
    When the operator checks the deployment
    Then the check finds nothing wrong

  @mas
  Scenario: A deployment and another homeserver reach one another
    Given the operator has deployed the stack where another homeserver is its neighbour
    When the operator checks the deployment against its neighbour
    Then the deployment and its neighbour reach one another, and the one tells the other whom to wake

  @mas @coturn @livekit @lk-jwt @telegram @discord
  Scenario: A deployment with calls and bridges is found as it should be
    Given the operator has deployed the stack with calls and every bridge
    When the operator checks the deployment as who owns its bridges
    Then the check finds that people call each other there, and that every bridge answers

  Scenario: A deployment without MAS is found as it should be
    Given the operator has deployed the stack without MAS
    When the operator checks the deployment
    Then the check finds nothing wrong

  @mas
  Scenario: MAS takes over the accounts of a deployment
    Given the operator has deployed the stack without MAS
    When the operator lets MAS take over the accounts of the deployment
    Then the operator signs in there as before

  @mas
  Scenario: The operator is told what to set
    Given the operator has deployed the stack
    When its proxy is wrong in one way after another, and the operator checks each time:
      | its proxy                               | is found wrong             |
      | does not answer for the server name     | well-known for clients     |
      | does not lead old clients to MAS        | sign-in of older clients   |
      | does not lead to MAS                    | accounts                   |
      | leads to the homeserver at another port | homeserver                 |
      | lets the administrator's doors be open  | admin API is closed        |
    Then each time the operator is told what to set

  @mas
  Scenario: A deployment that was lost is restored
    Given the operator has deployed the stack
    When the operator loses the deployment and restores its backup
    Then the operator signs in there as before
