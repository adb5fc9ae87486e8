package operations_test

import (
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"tandem/internal/auth"
	"tandem/internal/config"
	"tandem/internal/demo"
	"tandem/internal/server"
)

// These tests change the working folder, so they do not run in parallel with others.

func TestDemoSecretMustBePrivate(t *testing.T) {
	for _, kept := range []string{"", "\n", "short", strings.Repeat("x", auth.MinSecretLength-1) + "\n"} {
		t.Chdir(t.TempDir())
		if err := os.Mkdir(config.DataFolder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(config.DataFolder+"/demo-secret", []byte(kept), 0o600); err != nil {
			t.Fatal(err)
		}
		err := server.Run(t.Context(), map[string]string{"ADDR": "127.0.0.1:0"}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "demo-secret is too short to be a secret") {
			t.Errorf("%q: got %v", kept, err)
		}
	}
}

// Instances of a demo that start together share one secret.
func TestDemoSecretIsSharedAndPrivate(t *testing.T) {
	t.Chdir(t.TempDir())
	secrets := make([]string, 20)
	var starting sync.WaitGroup
	for i := range secrets {
		starting.Go(func() {
			var err error
			if secrets[i], err = demo.Secret(config.DataFolder); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	for _, got := range secrets {
		if got != secrets[0] || len(got) < auth.MinSecretLength {
			t.Errorf("got %q and %q", got, secrets[0])
		}
	}
	files, err := os.ReadDir(config.DataFolder)
	if err != nil || len(files) != 1 {
		t.Errorf("the folder has %v, %v", files, err)
	}
	if info, err := os.Stat(config.DataFolder + "/demo-secret"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

// A token is signed for a demo that exists; asking for one starts none.
func TestTokenNeedsADemo(t *testing.T) {
	t.Chdir(t.TempDir())
	var out strings.Builder
	err := server.Execute(t.Context(), []string{"token", "--sub", "ada"}, nil, &out, io.Discard)
	if err == nil || err.Error() != "there is no demo in this folder: run this where the server runs, or set AUTH_SECRET" || out.Len() > 0 {
		t.Errorf("got %v and %q", err, out.String())
	}
	if files, err := os.ReadDir("."); err != nil || len(files) != 0 {
		t.Errorf("the folder has %v, %v", files, err)
	}
	if _, err := demo.Secret(config.DataFolder); err != nil {
		t.Fatal(err)
	}
	if err := server.Execute(t.Context(), []string{"token", "--sub", "ada"}, nil, &out, io.Discard); err != nil || out.Len() == 0 {
		t.Errorf("with a demo: got %v and %q", err, out.String())
	}
}
