package demo

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tandem/internal/auth"
)

// secretFile is the name of the file in which the demo keeps its secret.
const secretFile = "demo-secret"

// Secret returns the demo's own secret. It is made at the first start and kept in a folder, so that
// tokens outlive a restart and several instances of a demo share it.
func Secret(folder string) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("the data folder can't be made: %w; start where you may write, or set AUTH_SECRET", err)
	}
	secret, err := ReadSecret(folder)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := keepSecret(filepath.Join(folder, secretFile), rand.Text()+rand.Text()); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("the demo's secret can't be kept: %w; start where you may write, or set AUTH_SECRET", err)
	}
	return ReadSecret(folder)
}

// ReadSecret returns the secret of the demo in a folder. The error is fs.ErrNotExist if no demo was
// ever started there.
func ReadSecret(folder string) (string, error) {
	kept, err := os.ReadFile(filepath.Join(folder, secretFile))
	secret := strings.TrimSpace(string(kept))
	switch {
	case err != nil:
		return "", fmt.Errorf("the demo's secret can't be read: %w; delete it, or set AUTH_SECRET", err)
	case len(secret) < auth.MinSecretLength:
		return "", fmt.Errorf("%s is too short to be a secret, so anybody could sign tokens: delete it, and a new one is made", filepath.Join(folder, secretFile))
	}
	return secret, nil
}

// keepSecret writes a secret to a new file atomically, since another instance may read it at this
// moment. The error is fs.ErrExist if the file exists.
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
