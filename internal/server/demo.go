package server

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/demo"
	"tandem/internal/httpd"
)

// demoTokenTime is how long a token of the demo is valid.
const demoTokenTime = 30 * 24 * time.Hour

// newVerifier returns the verifier of all credentials. The demo has a secret of its own.
func newVerifier(settings config.Settings, log *slog.Logger) (*auth.Verifier, error) {
	if settings.Demo() {
		secret, err := demo.Secret(config.DataFolder)
		if err != nil {
			return nil, err
		}
		return auth.NewVerifier([]string{secret}, "", "", time.Now), nil
	}
	verifier := auth.NewVerifier(settings.AuthSecrets, settings.AuthIssuer, settings.AuthAudience, time.Now)
	if settings.AuthJWKSURL != "" {
		verifier.Keys = auth.NewKeys(settings.AuthJWKSURL, log, time.Now)
	}
	return verifier, nil
}

// A company is the demo's data: its people, with tokens, and ids for examples. It is empty outside
// the demo.
type company struct {
	people   []httpd.Person
	examples httpd.Examples
}

// openDemo writes the demo company, unless the store has it, and signs a token for each of its people. Outside the demo it
// does nothing.
func openDemo(ctx context.Context, settings config.Settings, store collab.Store, verifier *auth.Verifier, log *slog.Logger) (company, error) {
	if !settings.Demo() {
		return company{}, nil
	}
	examples, err := demo.Seed(ctx, store, log, time.Now())
	if err != nil {
		return company{}, fmt.Errorf("the demo data can't be made: %w", err)
	}
	opened := company{examples: httpd.Examples(examples)}
	for _, claims := range demo.People() {
		token, err := verifier.Sign(claims, time.Now().Add(demoTokenTime))
		if err != nil {
			return company{}, err
		}
		opened.people = append(opened.people, httpd.Person{ID: claims.UserID, Name: claims.Name, Role: claims.Role, Token: token})
	}
	return opened, nil
}

// membersOf returns a function that reads the company's people.
func membersOf(store collab.Store) func(context.Context) (map[collab.ID]*collab.Member, error) {
	var ids []collab.ID
	for _, claims := range demo.People() {
		ids = append(ids, claims.UserID)
	}
	return func(ctx context.Context) (map[collab.ID]*collab.Member, error) {
		_, members, err := store.MembersByID(ctx, demo.OrganizationID, ids)
		return members, err
	}
}

// signer returns a function that signs tokens of the company's people.
func signer(verifier *auth.Verifier) func(collab.ID) (string, error) {
	return func(id collab.ID) (string, error) {
		for _, claims := range demo.People() {
			if claims.UserID == id {
				return verifier.Sign(claims, time.Now().Add(demoTokenTime))
			}
		}
		return "", fmt.Errorf("the demo has no person %q", id)
	}
}
