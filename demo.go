package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"tandem/internal/auth"
	"tandem/internal/demo"
	"tandem/internal/httpd"
)

// demoTokenTime is how long a token of the demo is good for.
const demoTokenTime = 30 * 24 * time.Hour

// openDemo makes the demo company, if it is not there yet, and a token for each of its people.
func (a *app) openDemo(ctx context.Context) error {
	secret, err := demoSecret()
	if err != nil {
		return err
	}
	a.verifier = auth.NewVerifier([]string{secret}, "", "", time.Now)
	examples, err := demo.Seed(ctx, a.store, a.log, time.Now())
	if err != nil {
		return fmt.Errorf("the demo data can't be made: %w", err)
	}
	a.examples = httpd.Examples(examples)
	for _, claims := range demo.People() {
		token, err := a.verifier.Sign(claims, time.Now().Add(demoTokenTime))
		if err != nil {
			return err
		}
		a.people = append(a.people, httpd.Person{ID: claims.UserID, Name: claims.Name, Role: claims.Role, Token: token})
	}
	return nil
}

// demoSecret returns the demo's own secret, made at its first start and kept, so
// that tokens outlive a restart and several instances of a demo share it.
func demoSecret() (string, error) {
	const path = dataFolder + "/demo-secret"
	if err := os.MkdirAll(dataFolder, 0o700); err != nil {
		return "", fmt.Errorf("the data folder can't be made: %w; start where you may write, or set AUTH_SECRET", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		secret, err := os.ReadFile(path)
		return string(secret), err
	}
	if err != nil {
		return "", fmt.Errorf("the demo's secret can't be kept: %w", err)
	}
	secret := rand.Text() + rand.Text()
	if _, err := file.WriteString(secret); err != nil {
		return "", fmt.Errorf("the demo's secret can't be kept: %w", err)
	}
	return secret, file.Close()
}
