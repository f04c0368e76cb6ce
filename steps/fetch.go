package steps

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// statusError is an HTTP answer that is not a success.
type statusError struct {
	request string
	status  int
	body    string
}

// Error names the request and what came back.
func (e statusError) Error() string {
	return fmt.Sprintf("%s: status %d: %.300s", e.request, e.status, e.body)
}

func getJSON(ctx context.Context, client *http.Client, address string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("get %s: %w", address, err)
	}
	return doJSON(client, request, into)
}

// getText returns a document that is there, as it is.
func getText(ctx context.Context, client *http.Client, address string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("get %s: %w", address, err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = statusError{"GET " + address, answer.StatusCode, string(body)}
	}
	return string(body), err
}

func postJSON(ctx context.Context, client *http.Client, address string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("post %s: %w", address, err)
	}
	request.Header.Set("Content-Type", "application/json")
	return doJSON(client, request, into)
}

// doJSON sends a request and decodes a successful answer; into may be nil.
func doJSON(client *http.Client, request *http.Request, into any) error {
	what := request.Method + " " + request.URL.Host + request.URL.Path
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if response.StatusCode > 299 {
		return statusError{what, response.StatusCode, string(body)}
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s: answer is not JSON: %w", what, err)
	}
	return nil
}

// sha256Hex is the checksum of data as tools print it.
func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
