package systemtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// Secret signs the tokens of the people.
const Secret = "a secret of the system that is long enough"

// Object is a JSON object, as requests and answers have it.
type Object = map[string]any

// An Answer is a GraphQL response, or the reason why there is none.
type Answer struct {
	Data Object
	Code string // of the first error; "" if there is none
	Text string // the first error's message
	Lost error  // there is no answer: whether anything was written is not known
}

// Failed reports whether the client has to send the operation again: it got no answer, or the server could not serve it now.
func (a Answer) Failed() bool {
	return a.Lost != nil || a.Code == "UNAVAILABLE" || a.Code == "TIMEOUT"
}

var httpClient = &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// Ask sends an operation to an instance, and waits at most 40 s for the answer.
func Ask(url, token, query string, variables Object) Answer {
	return AskWith(context.Background(), httpClient, url, token, query, variables)
}

// AskWith is Ask with a client, until ctx ends.
func AskWith(ctx context.Context, client *http.Client, url, token, query string, variables Object) Answer {
	body, err := json.Marshal(Object{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return Answer{Lost: err}
	}
	defer response.Body.Close()
	encoded, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{Lost: err}
	}
	return Decode(encoded)
}

// Decode reads a GraphQL response.
func Decode(encoded []byte) Answer {
	var decoded struct {
		Data   Object
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		return Answer{Lost: fmt.Errorf("%w in %.200q", err, encoded)}
	}
	a := Answer{Data: decoded.Data}
	if len(decoded.Errors) > 0 {
		a.Code, a.Text = decoded.Errors[0].Extensions.Code, decoded.Errors[0].Message
	}
	if a.Data == nil && a.Code == "" {
		a.Lost = errors.New("the answer has neither data nor errors")
	}
	return a
}

// Sign returns a person's token, which is valid for two hours.
func Sign(org, user, name string, role collab.Role) string {
	token, err := auth.NewVerifier([]string{Secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: role, Name: name}, time.Now().Add(2*time.Hour))
	if err != nil {
		panic(err)
	}
	return token
}
