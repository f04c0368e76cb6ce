Feature: People are woken for what they chose
  A quiet room is quiet until something in it concerns its people: their name, a word they wait
  for, or a call to everybody by somebody whose place it is to make one.

  Background:
    Given Alice has an account
    And Bob has an account
    And Alice and Bob share the room "kitchen"
    And Bob has muted "kitchen" but for mentions
    And the phone of Bob is woken through a push gateway

  Scenario: A mention in a quiet room is told
    When Alice says "the soup is hot" in "kitchen"
    And Alice mentions Bob with "your soup is cold" in "kitchen"
    Then the phone of Bob is told of "your soup is cold" but not of "the soup is hot"

  Scenario: A word that somebody waits for is told
    Given Bob waits for the word "pancakes"
    When Alice says "the soup is hot" in "kitchen"
    And Alice says "there are pancakes" in "kitchen"
    Then the phone of Bob is told of "there are pancakes" but not of "the soup is hot"

  Scenario: A call to everybody is told
    When Alice says "the soup is hot" in "kitchen"
    And Alice mentions everybody with "the kitchen is on fire" in "kitchen"
    Then the phone of Bob is told of "the kitchen is on fire" but not of "the soup is hot"

  Scenario: An ordinary member does not call everybody
    Given Mallory has an account
    And Mallory belongs to "kitchen"
    When Mallory mentions everybody with "buy my spoons" in "kitchen"
    And Alice mentions Bob with "your soup is cold" in "kitchen"
    Then the phone of Bob is told of "your soup is cold" but not of "buy my spoons"

  Scenario: Who is called by name is told
    When Alice says "the soup is hot" in "kitchen"
    And Alice calls Bob by name with "your soup is cold" in "kitchen"
    Then the phone of Bob is told of "your soup is cold" but not of "the soup is hot"
