// Lets the tests use matrix-js-sdk: each session is one signed-in device, told over HTTP what to do.
// POST /<session>/<command> with a JSON body answers {"result": ...} or {"error": ..., "reason": ...}.
import { createServer } from "node:http";
import { QrCodeData, initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";
import encryption from "matrix-encrypt-attachment";
import * as sdk from "matrix-js-sdk";
import { CryptoEvent, VerificationPhase, VerificationRequestEvent, VerifierEvent, decodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api/index.js";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { MSC4108RendezvousSession, MSC4108SecureChannel, MSC4108SignInWithQR } from "matrix-js-sdk/lib/rendezvous/index.js";
import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup.js";

logger.setLevel("warn");
RustBackupManager.maxBackupLoopStartDelayMillis = 1000; // it waits a random while, lest a person's devices ask all at once
const sasMethod = "m.sas.v1";

class Session {
    news = []; // what arrived, in order
    requests = new Map(); // comparisons of signs, by transaction
    shown = new Map(); // signs, by transaction
    line = new AbortController(); // aborted while the device is asleep
    heard = Promise.withResolvers(); // settled and replaced whenever something arrives

    async open(account) {
        this.client = sdk.createClient({
            ...account, fetchFn: (resource, options) => this.fetch(resource, options), verificationMethods: [sasMethod],
            cryptoCallbacks: { getSecretStorageKey: async (asked) => (this.key ? [Object.keys(asked.keys)[0], this.key] : null) },
        });
        await this.client.initRustCrypto({ useIndexedDB: false });
        this.crypto = this.client.getCrypto();
        this.client.on(sdk.ClientEvent.Event, (event) => this.receive(event));
        this.client.on(sdk.RoomEvent.MyMembership, (room, membership) => this.tell({ room: room.roomId, membership }));
        this.client.on(CryptoEvent.VerificationRequestReceived, (request) => this.follow(request));
        // Under load Synapse 1.144 at times forgets to wake a waiting sync; it should end well within a scenario's patience.
        await this.client.startClient({ initialSyncLimit: 50, pollTimeout: 8000 });
        return this.crypto.getVersion();
    }

    async close() {
        this.client.stopClient();
        this.line.abort(new TypeError("closed"));
    }

    fetch(resource, options = {}) {
        const signals = [this.line.signal, options.signal].filter(Boolean);
        return fetch(resource, { ...options, signal: AbortSignal.any(signals) });
    }

    // While asleep the device has no network; its keys stay.
    async sleep() {
        this.line.abort(new TypeError("asleep"));
    }

    async wake() {
        if (!this.line.signal.aborted) return;
        this.line = new AbortController();
        this.client.retryImmediately();
    }

    tell(item) {
        this.news.push(item);
        this.heard.resolve();
        this.heard = Promise.withResolvers();
    }

    // listen answers with what arrived since, and waits for it a while.
    async listen({ since, wait }) {
        if (this.news.length <= since) {
            const timeout = new Promise((done) => setTimeout(done, wait));
            await Promise.race([this.heard.promise, timeout]);
        }
        return this.news.slice(since);
    }

    receive(event) {
        if (!event.getRoomId() || !event.getId()) return; // what an invitation tells of a room has no id, and the library does not go by it
        const show = () => this.tell({ event: event.getEffectiveEvent(), encrypted: event.isEncrypted() });
        if (!event.isEncrypted()) return show();
        event.on(sdk.MatrixEventEvent.Decrypted, () => event.isDecryptionFailure() || show());
        return this.client.decryptEventIfNeeded(event);
    }

    async send({ room, type, content }) {
        return (await this.client.sendEvent(room, type, content)).event_id;
    }

    async sendFile({ room, type, name, data }) {
        const { data: locked, info } = await encryption.encryptAttachment(Buffer.from(data, "base64"));
        const { content_uri: url } = await this.client.uploadContent(Buffer.from(locked), { type: "application/octet-stream", name, includeFilename: false });
        const file = { ...info, url };
        return this.send({ room, type: "m.room.message", content: { msgtype: "m.image", body: name, info: { mimetype: type }, file } });
    }

    async openFile({ file }) {
        const address = this.client.mxcUrlToHttp(file.url, undefined, undefined, undefined, false, true, true);
        const answer = await this.fetch(address, { headers: { Authorization: "Bearer " + this.client.getAccessToken() } });
        if (!answer.ok) throw new Error(`download ${file.url}: status ${answer.status}`);
        return Buffer.from(await encryption.decryptAttachment(Buffer.from(await answer.arrayBuffer()), file)).toString("base64");
    }

    async decrypt({ room, event: id }) {
        const event = new sdk.MatrixEvent(await this.client.fetchRoomEvent(room, id));
        await this.client.decryptEventIfNeeded(event);
        if (event.isDecryptionFailure()) throw Object.assign(new Error(`cannot decrypt ${id}`), { code: event.decryptionFailureReason });
        return event.getEffectiveEvent();
    }

    async makeSecurityKey() {
        const made = await this.crypto.createRecoveryKeyFromPassphrase();
        this.key = made.privateKey;
        await this.crypto.bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys: (upload) => upload(null) });
        await this.crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => made, setupNewSecretStorage: true, setupNewKeyBackup: true });
        return made.encodedPrivateKey;
    }

    async enterSecurityKey({ key }) {
        this.key = decodeRecoveryKey(key);
        await this.crypto.userHasCrossSigningKeys(this.client.getUserId(), true); // a new device may not have asked yet
        await this.crypto.bootstrapCrossSigning({});
    }

    async restoreKeys() {
        if (this.key) await this.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
        return (await this.crypto.restoreKeyBackup()).imported;
    }

    async knows({ user, device }) {
        const devices = await this.crypto.getUserDeviceInfo([user], false);
        return Boolean(devices.get(user)?.has(device));
    }

    async isVerified() {
        await this.crypto.userHasCrossSigningKeys(); // asks the homeserver for the person's devices; what is at hand may be older than a signature
        const status = await this.crypto.getDeviceVerificationStatus(this.client.getUserId(), this.client.getDeviceId());
        return Boolean(status?.crossSigningVerified);
    }

    async trusts({ user }) {
        return (await this.crypto.getUserVerificationStatus(user)).isCrossSigningVerified();
    }

    // showCode is what a device does that shows a code for another one to scan, signed in (as a client is open) or not.
    async showCode({ homeserver }) {
        const place = new MSC4108RendezvousSession({ client: this.client ?? sdk.createClient({ baseUrl: homeserver }), fetchFn: (...asked) => this.fetch(...asked) });
        await place.send(String()); // opens it
        this.meeting = new MSC4108SignInWithQR(new MSC4108SecureChannel(place), false, this.client);
        await this.meeting.generateCode();
        return Buffer.from(this.meeting.code).toString("base64");
    }

    async scanCode({ code }) {
        await initAsync();
        const scanned = QrCodeData.fromBytes(Buffer.from(code, "base64"));
        this.scanned = scanned.serverName;
        const place = new MSC4108RendezvousSession({ url: scanned.rendezvousUrl, fetchFn: (...asked) => this.fetch(...asked) });
        this.meeting = new MSC4108SignInWithQR(new MSC4108SecureChannel(place, scanned.publicKey), true, this.client);
    }

    // meet goes on until the person has to allow the sign-in at a page, of which both devices know the address.
    async meet({ clientId, deviceId }) {
        const { serverName } = await this.meeting.negotiateProtocols();
        let asked;
        if (this.meeting.isNewDevice) {
            const { homeserver } = await discover({ serverName: serverName ?? this.scanned });
            asked = { metadata: await sdk.createClient({ baseUrl: homeserver }).getAuthMetadata(), clientId, deviceId };
        }
        const { verificationUri: page } = await this.meeting.deviceAuthorizationGrant(asked);
        return { page, digits: this.meeting.checkCode };
    }

    async completeSignIn({ clientId }) {
        const token = await this.meeting.completeLoginOnNewDevice({ clientId });
        return { accessToken: token.access_token, refreshToken: token.refresh_token };
    }

    async passSecrets() {
        await this.meeting.shareSecrets();
    }

    async takeSecrets() {
        const { secrets } = await this.meeting.shareSecrets();
        await this.meeting.close();
        await this.crypto.importSecretsBundle(secrets);
        await this.crypto.crossSignDevice(this.client.getDeviceId());
    }

    // follow tells of every step of comparing signs.
    follow(request) {
        const id = request.transactionId;
        this.requests.set(id, request);
        const look = () => {
            const phase = request.phase;
            if (request.verifier) this.compare(id, request.verifier);
            const live = phase !== VerificationPhase.Cancelled;
            this.tell({ comparison: id, requested: true, ready: live && phase >= VerificationPhase.Ready, done: phase === VerificationPhase.Done, cancelled: !live, why: live ? undefined : `${request.cancellationCode} by ${request.cancellingUserId}` });
        };
        request.on(VerificationRequestEvent.Change, look);
        look();
    }

    compare(id, verifier) {
        if (this.shown.has(id)) return;
        this.shown.set(id, null);
        verifier.on(VerifierEvent.ShowSas, (signs) => {
            this.shown.set(id, signs);
            // What follows the first code point of a picture only asks for colour; not every library adds it.
            const pictures = signs.sas.emoji.map(([picture]) => String.fromCodePoint(picture.codePointAt(0)));
            this.tell({ comparison: id, requested: true, ready: true, signs: [...pictures, ...signs.sas.decimal].join(" ") });
        });
        verifier.verify().catch((error) => logger.warn("comparing signs ended:", error));
    }

    async askToCompare({ user }) {
        const devices = (await this.crypto.getUserDeviceInfo([user], true)).get(user);
        const request = await this.crypto.requestDeviceVerification(user, devices.keys().next().value);
        this.follow(request);
        return request.transactionId;
    }

    async agreeToCompare({ id }) {
        await this.requests.get(id).accept();
    }

    async showSigns({ id }) {
        this.compare(id, await this.requests.get(id).startVerification(sasMethod));
    }

    async confirmSigns({ id }) {
        await this.shown.get(id).confirm();
    }

    async breakOff({ id }) {
        this.shown.get(id).mismatch();
    }
}

const sessions = new Map();

// discover goes from a server name to the homeserver and its accounts, as a client does that knows nothing else.
async function discover({ serverName }) {
    const found = (await sdk.AutoDiscovery.findClientConfig(serverName))["m.homeserver"];
    if (found.state !== sdk.AutoDiscovery.SUCCESS) throw new Error(`no homeserver is found at ${serverName}: ${found.error ?? found.state}`);
    const accounts = await sdk.createClient({ baseUrl: found.base_url }).getAuthMetadata();
    return { homeserver: found.base_url, accounts: accounts.issuer };
}

async function command(name, verb, body) {
    if (verb === "discover") return discover(body);
    if (["open", "showCode", "scanCode"].includes(verb) && !sessions.has(name)) sessions.set(name, new Session());
    const session = sessions.get(name);
    if (!session?.[verb]) throw new Error(`no session ${name}, or it has no ${verb}`);
    return session[verb](body);
}

createServer(async (request, response) => {
    const answer = (status, value) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    try {
        const [, name, verb] = request.url.split("/");
        if (name === "health") return answer(200, {});
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        return answer(200, { result: (await command(name, verb, JSON.parse(Buffer.concat(chunks)))) ?? null });
    } catch (error) {
        return answer(500, { error: String(error?.message ?? error), reason: error?.code ?? error?.errcode });
    }
}).listen(8080);
