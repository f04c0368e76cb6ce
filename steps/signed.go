package steps

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto/canonicaljson"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/federation"
	"maunium.net/go/mautrix/id"

	"matrixstack/stack"
)

// peerKey is a homeserver and the key it signs with.
func (s *scenario) peerKey(name string) (stack.Site, *federation.SigningKey, error) {
	site, err := s.site(name)
	if err != nil {
		return stack.Site{}, nil, err
	}
	key, err := federation.ParseSynapseKey(strings.TrimSpace(site.Secrets.SigningKey("signing key")))
	if err != nil {
		return stack.Site{}, nil, fmt.Errorf("read the signing key of %s: %w", name, err)
	}
	return site, key, nil
}

// madeUp is a key that goes by the ID of another one.
func madeUp(key *federation.SigningKey) *federation.SigningKey {
	made := federation.GenerateSigningKey()
	made.ID = key.ID
	return made
}

// signedBy is a request of one homeserver to another one, as it should be. A body may be nil.
func (s *scenario) signedBy(ctx context.Context, speaker, listener, method, path string, body any) (*http.Request, error) {
	site, err := s.site(listener)
	if err != nil {
		return nil, err
	}
	origin, key, err := s.peerKey(speaker)
	if err != nil {
		return nil, err
	}
	request, err := peerRequest(ctx, site, method, path, body)
	if err != nil {
		return nil, err
	}
	return request, xMatrix(request, key, origin, site.ServerName, body)
}

// peerRequest is a request to a homeserver at the door for others. It is not signed.
func peerRequest(ctx context.Context, site stack.Site, method, path string, body any) (*http.Request, error) {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", site.ServerName, err)
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, "https://"+site.ServerName+path, content)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", site.ServerName, err)
	}
	request.Header.Set("Content-Type", "application/json")
	return request, nil
}

// xMatrix signs a request as the server-server API says, section "Request Authentication".
func xMatrix(request *http.Request, key *federation.SigningKey, origin stack.Site, destination string, body any) error {
	said := map[string]any{"method": request.Method, "uri": request.URL.RequestURI(), "origin": origin.ServerName, "destination": destination}
	if body != nil {
		said["content"] = body
	}
	signed, err := key.SignJSON(said)
	if err != nil {
		return fmt.Errorf("sign a request of %s: %w", origin.ServerName, err)
	}
	request.Header.Set("Authorization", fmt.Sprintf(`X-Matrix origin=%q,destination=%q,key=%q,sig=%q`, origin.ServerName, destination, key.ID, signed))
	return nil
}

// nextEvent is an event that follows on what was said last in a room, in the form homeservers pass on, and the version of the room. The
// depth is a made-up one: nothing is decided by it.
func (d *device) nextEvent(ctx context.Context, room id.RoomID, sender id.UserID, kind event.Type, content map[string]any) (pdu map[string]any, version string, err error) {
	past, err := d.client.Messages(ctx, room, "", "", mautrix.DirectionBackward, nil, 1)
	if err != nil {
		return nil, "", fmt.Errorf("ask what was said last: %w", err)
	}
	if len(past.Chunk) == 0 {
		return nil, "", errors.New("ask what was said last: nothing was")
	}
	state, err := d.client.State(ctx, room)
	if err != nil {
		return nil, "", fmt.Errorf("ask for the state of the room: %w", err)
	}
	var vouching []id.EventID
	for kind, key := range map[event.Type]string{event.StateCreate: "", event.StatePowerLevels: "", event.StateMember: sender.String()} {
		evt := state[kind][key]
		if evt == nil {
			return nil, "", fmt.Errorf("ask for the state of the room: no %s of %q", kind.Type, key)
		}
		vouching = append(vouching, evt.ID)
	}
	version, _ = state[event.StateCreate][""].Content.Raw["room_version"].(string)
	return map[string]any{
		"type": kind.Type, "content": content, "room_id": room, "sender": sender, "origin_server_ts": time.Now().UnixMilli(),
		"depth": 1000, "prev_events": []id.EventID{past.Chunk[0].ID}, "auth_events": vouching,
	}, version, nil
}

// sealed adds the hash of an event and the signature of a homeserver, and tells the ID that follows from both (server-server API, section
// "Signing Events").
func sealed(pdu map[string]any, origin stack.Site, key *federation.SigningKey) (id.EventID, error) {
	whole, err := canonicaljson.Marshal(pdu)
	if err != nil {
		return "", fmt.Errorf("hash an event: %w", err)
	}
	hash := sha256.Sum256(whole)
	pdu["hashes"] = map[string]string{"sha256": base64.RawStdEncoding.EncodeToString(hash[:])}
	redacted, kept := maps.Clone(pdu), map[string]any{}
	if content, ok := pdu["content"].(map[string]any); ok && content["redacts"] != nil {
		kept["redacts"] = content["redacts"]
	}
	delete(redacted, "redacts")
	redacted["content"] = kept
	signature, err := key.SignJSON(redacted)
	if err != nil {
		return "", fmt.Errorf("sign an event: %w", err)
	}
	known, err := canonicaljson.Marshal(redacted)
	if err != nil {
		return "", fmt.Errorf("name an event: %w", err)
	}
	pdu["signatures"] = map[string]any{origin.ServerName: map[id.KeyID]string{key.ID: signature}}
	hash = sha256.Sum256(known)
	return id.EventID("$" + base64.RawURLEncoding.EncodeToString(hash[:])), nil
}
