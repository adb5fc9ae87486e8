package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// An api sends operations to a server over HTTP.
type api struct {
	http   *http.Client
	target *target
	retry  bool // an instance that does not answer may be replaced by another
}

func newAPI(t *target, connections int, retry bool) *api {
	return &api{target: t, retry: retry, http: &http.Client{
		Timeout:   patience,
		Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections},
	}}
}

// errAway is the error of an instance that does not answer, or answers UNAVAILABLE.
var errAway = errors.New("the server does not answer")

// ask sends a request and decodes the data of its answer into data. If
// another instance may take over, it repeats the request, which must therefore
// be safe to repeat.
func (a *api) ask(ctx context.Context, token, query string, variables, data any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	for begun := time.Now(); ; {
		err := a.post(ctx, token, body, data)
		if !errors.Is(err, errAway) || !a.retry || time.Since(begun) > patience || ctx.Err() != nil {
			return err
		}
		a.target.leave()
		time.Sleep(20 * time.Millisecond)
	}
}

func (a *api) post(ctx context.Context, token string, body []byte, data any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.target.address()+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := a.http.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", errAway, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errAway, err)
	case response.StatusCode == http.StatusServiceUnavailable:
		return fmt.Errorf("%w: %s", errAway, response.Status)
	}
	var decoded struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(answer, &decoded); err != nil || len(decoded.Errors) > 0 {
		return fmt.Errorf("%s: %.300s", response.Status, answer)
	}
	return json.Unmarshal(decoded.Data, data)
}

// saved is the answer of a mutation of a customer.
type saved struct {
	Typename string `json:"__typename"`
	Message  string
	Cursor   string
	Customer struct {
		ID      string
		Version int
	}
}

func (s saved) check() error {
	if s.Typename != "CustomerSaved" {
		return fmt.Errorf("the server answered %s: %s", s.Typename, s.Message)
	}
	return nil
}

const savedFields = `{ __typename ... on CustomerSaved { cursor customer { id version } } ... on Problem { message } }`

// create makes customers, in one request.
func (a *api) create(ctx context.Context, token string, inputs []map[string]any) ([]saved, error) {
	var data struct{ CreateCustomers []saved }
	err := a.ask(ctx, token, `mutation ($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) `+savedFields+` }`,
		map[string]any{"inputs": inputs}, &data)
	if err == nil && len(data.CreateCustomers) != len(inputs) {
		err = fmt.Errorf("%d customers were made, not %d", len(data.CreateCustomers), len(inputs))
	}
	for _, made := range data.CreateCustomers {
		err = errors.Join(err, made.check())
	}
	return data.CreateCustomers, err
}

// update edits a customer.
func (a *api) update(ctx context.Context, token string, input map[string]any) (saved, error) {
	var data struct{ UpdateCustomer saved }
	err := a.ask(ctx, token, `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) `+savedFields+` }`,
		map[string]any{"input": input}, &data)
	if err == nil {
		err = data.UpdateCustomer.check()
	}
	return data.UpdateCustomer, err
}

// enter signs a person in, which makes them a member.
func (a *api) enter(ctx context.Context, token string) error {
	var data struct {
		Viewer struct{ User struct{ ID string } }
	}
	return a.ask(ctx, token, `{ viewer { user { id } } }`, nil, &data)
}

// page reads the customers that were changed last.
func (a *api) page(ctx context.Context, token string) error {
	var data struct {
		Customers struct{ Nodes []struct{ ID string } }
	}
	return a.ask(ctx, token, `{ customers(first: 20) { nodes { id version name email phone company status owner { id name } tags notes updatedAt } pageInfo { endCursor } } }`, nil, &data)
}
