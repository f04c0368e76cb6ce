@beta-synapse @own_stack
Feature: A homeserver nobody can vouch for is not spoken to
  Anybody can claim to be another homeserver. Only a certificate of an authority alpha
  trusts makes the claim good.

  Background:
    Given Alice has an account
    And Bob has an account on beta

  Scenario Outline: A certificate <flaw>
    Given beta shows a certificate <flaw>
    When Alice invites Bob to the room "harbour"
    Then Alice is refused because the other homeserver cannot be trusted
    And the log of synapse says that the certificate of beta is not trusted

    Examples:
      | flaw             |
      | nobody trusts    |
      | that has expired |
      | of another name  |

  Scenario: The same homeserver with a trusted certificate again
    Given beta shows a certificate nobody trusts
    When beta shows its own certificate again
    And Alice invites Bob to the room "harbour"
    Then Bob is invited to "harbour"
