Feature: What must survive lies where the operator backs it up
  Containers are thrown away at each upgrade. What a server writes elsewhere is gone then.

  Scenario: Servers keep nothing outside their storage
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the encrypted room "archive"
    When Alice sends a picture to "archive"
    Then Bob can open the picture
    And no server keeps anything outside its storage

  Scenario: The storage of a server belongs to it
    Then the storage of every server belongs to whom it runs as

  Scenario: What a server is told is for nobody else to read
    Then no configuration of any server is open to others
