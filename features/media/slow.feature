Feature: Files come through a slow line
  Who is on a train needs minutes for what others send at once.

  Scenario: A picture that comes in pieces is kept whole
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "carriage"
    When Alice sends a picture to "carriage" over a slow line
    Then Bob can open the picture
