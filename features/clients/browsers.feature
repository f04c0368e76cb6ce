Feature: Clients in a browser may ask
  A web client comes from a page of its own, and browsers keep pages from reading what others
  answer unless those say that anybody may.

  Scenario Outline: Pages of others may ask <what>
    Then <what> of alpha lets pages of others ask

    Examples:
      | what                     |
      | the homeserver           |
      | the document for clients |

  @mas
  Scenario: Pages of others may ask what keeps the accounts
    Then what keeps the accounts of alpha lets pages of others ask

  Scenario: Nobody on the way keeps what is meant for one
    Given Alice has an account
    Then nobody on the way may keep what the homeserver answers Alice
