Feature: Nothing answers where nobody is meant to ask
  A host has its own doors and no others: what one server says under the name of another is
  believed by browsers and clients.

  Scenario Outline: The door for <whom> is at one host only
    Then the door for <whom> of alpha is at one host only

    Examples:
      | whom                           |
      | clients                        |
      | whoever only has a server name |

  @mas
  Scenario: The door for people who look after their account is at one host only
    Then the door for people who look after their account of alpha is at one host only

  Scenario: The proxy shows nobody where its doors lead
    Then the proxy of alpha shows nobody where its doors lead

  @mas
  Scenario: What keeps the accounts lets nobody try out questions
    Then what keeps the accounts of alpha has no page to try out questions
