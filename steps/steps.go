// Package steps holds the words features may use and the people who act in them.
package steps

// Registrar takes the words of features: godog does, and so do the tests of the vocabulary.
type Registrar interface {
	Given(expression, step any)
	When(expression, step any)
	Then(expression, step any)
}

// registerAll registers every word; one line for each file of words.
func registerAll(r Registrar) {
	registerAccounts(r)
	registerApp(r)
	registerBridges(r)
	registerClients(r)
	registerCalls(r)
	registerConversation(r)
	registerDeployment(r)
	registerDevices(r)
	registerDrill(r)
	registerDirectory(r)
	registerDroppingOut(r)
	registerEncryption(r)
	registerFaces(r)
	registerFederation(r)
	registerHistory(r)
	registerIRC(r)
	registerKeeping(r)
	registerInvitations(r)
	registerMail(r)
	registerMedia(r)
	registerMessages(r)
	registerMonitoring(r)
	registerNoise(r)
	registerOperating(r)
	registerOwnAccount(r)
	registerPages(r)
	registerPeers(r)
	registerPresence(r)
	registerPush(r)
	registerRelay(r)
	registerRecovery(r)
	registerRoles(r)
	registerRooms(r)
	registerRouting(r)
	registerServers(r)
	registerSessions(r)
	registerSignIn(r)
	registerSpaces(r)
	registerStrangers(r)
	registerThreads(r)
	registerUpgrades(r)
}
