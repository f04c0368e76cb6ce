Feature: Strangers learn nothing, and nobody listens
  Who is here and which rooms there are is for those with an account. What is said on the
  way is encrypted as one does today.

  Scenario Outline: Strangers do not see <what> of <site>
    When a stranger asks <site> for <what>
    Then somebody is refused because nobody is signed in

    Examples:
      | what                 | site  |
      | the public directory | alpha |
      | the people           | alpha |

    @beta-synapse
    Examples:
      | what                 | site |
      | the public directory | beta |

  @beta-synapse
  Scenario Outline: Strangers are no guests of <site>
    When a stranger asks <site> for a guest account
    Then somebody is refused because strangers are no guests

    Examples:
      | site  |
      | alpha |
      | beta  |

  @live
  Scenario: Outdated encryption is not spoken
    Then alpha answers nobody over outdated encryption

  @live
  Scenario: Nobody is somebody else by saying so
    Then alpha takes nobody's word for where they come from
