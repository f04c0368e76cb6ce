Feature: The proxy waits with those who wait
  Clients ask for news and wait until there are some. A proxy that hangs up meanwhile lets them ask again and again, and shows people
  that they are not connected.

  @live
  Scenario: A client may wait for news that do not come
    Given Alice has an account
    When Alice waits for news that do not come
    Then nobody hung up on Alice
