// Package steps holds the words features may use and the people who act in them.
package steps

// Registrar takes the words of features: godog does, and so do the tests of the vocabulary.
type Registrar interface {
	Given(expression, step any)
	When(expression, step any)
	Then(expression, step any)
}

// registerAll registers every word; one name for each file of words.
func registerAll(r Registrar) {
	for _, register := range []func(Registrar){
		registerAccounts, registerAddresses, registerApp, registerBridges, registerCalls, registerCatchingUp, registerClients, registerCodes, registerConfinement,
		registerConversation, registerDeployment, registerDevices, registerDirectory, registerDrill, registerDroppingOut,
		registerEncryption, registerFaces, registerFederation, registerForgeries, registerHistory, registerIRC, registerIRCFiles, registerIRCLines, registerImpersonation, registerInvitations,
		registerKeeping, registerLeftBehind, registerLength, registerLookingUp, registerMail, registerMedia, registerMessages, registerModeration, registerMonitoring, registerMoving, registerNoise, registerOnce, registerOperating, registerOthers,
		registerOwnAccount, registerPages, registerPassingOn, registerPeers, registerPresence, registerPush, registerRecovery, registerRelay, registerRestarts,
		registerRinging, registerRoles, registerRooms, registerRouting, registerScreens, registerServers, registerSessions, registerSignIn, registerSpaces,
		registerStrangers, registerThreads, registerUpgrades,
	} {
		register(r)
	}
}
