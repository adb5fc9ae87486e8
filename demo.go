package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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

// demoSecretFile is where the demo keeps its secret.
const demoSecretFile = dataFolder + "/demo-secret"

// demoSecret returns the demo's own secret, made at its first start and kept, so
// that tokens outlive a restart and several instances of a demo share it.
func demoSecret() (string, error) {
	if err := os.MkdirAll(dataFolder, 0o700); err != nil {
		return "", fmt.Errorf("the data folder can't be made: %w; start where you may write, or set AUTH_SECRET", err)
	}
	secret, err := readDemoSecret()
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := keepSecret(demoSecretFile, rand.Text()+rand.Text()); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("the demo's secret can't be kept: %w; start where you may write, or set AUTH_SECRET", err)
	}
	return readDemoSecret()
}

// readDemoSecret returns the secret of the demo in this folder. The error is
// fs.ErrNotExist if no demo was started here.
func readDemoSecret() (string, error) {
	kept, err := os.ReadFile(demoSecretFile)
	secret := strings.TrimSpace(string(kept))
	switch {
	case err != nil:
		return "", fmt.Errorf("the demo's secret can't be read: %w; delete it, or set AUTH_SECRET", err)
	case len(secret) < auth.MinSecretLength:
		return "", fmt.Errorf("%s is too short to be a secret, so anybody could sign tokens: delete it, and a new one is made", demoSecretFile)
	}
	return secret, nil
}

// keepSecret writes a secret to a new file, whole or not at all: another instance may
// read it at this moment. The error is fs.ErrExist if there is one already.
func keepSecret(path, secret string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".demo-secret-*") // for this user only
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(secret)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Link(file.Name(), path)
}
