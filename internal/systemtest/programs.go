package systemtest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"tandem/internal/programtest"
)

// Folder returns a folder of a short path, as sockets need, that the account of the servers may enter. It goes with the test.
func Folder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "tandem-system-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The children of a Postgres that was killed may still be leaving.
		for range 50 {
			if os.RemoveAll(folder) == nil {
				return
			}
			<-time.After(20 * time.Millisecond)
		}
	})
	if uid, gid, given := unprivilegedAccount(t); given {
		if err := os.Chown(folder, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// Unprivileged returns what the arguments of a server begin with that refuses to run as root, as Postgres does.
func Unprivileged(t testing.TB) []string {
	t.Helper()
	uid, gid, given := unprivilegedAccount(t)
	if !given {
		return DiesWithTest()
	}
	return []string{"setpriv", "--reuid", strconv.Itoa(uid), "--regid", strconv.Itoa(gid), "--clear-groups", "--pdeathsig", "KILL"}
}

// unprivilegedAccount returns the account that servers run as if the test runs as root.
func unprivilegedAccount(t testing.TB) (uid, gid int, given bool) {
	t.Helper()
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, _ = strconv.Atoi(account.Uid)
	gid, _ = strconv.Atoi(account.Gid)
	return uid, gid, true
}

// DiesWithTest returns what a program's arguments begin with, so that it does not outlive a test that is killed.
func DiesWithTest() []string {
	if _, err := exec.LookPath("setpriv"); err != nil {
		return nil
	}
	return []string{"setpriv", "--pdeathsig", "KILL"}
}

// Build builds the program as it ships, unless the setting names one that is built already.
func Build(t testing.TB, setting string) string {
	t.Helper()
	if program := os.Getenv(setting); program != "" {
		return program
	}
	return BuildIn(t, "../..")
}

// BuildIn builds the program of a folder with the sources of a release.
func BuildIn(t testing.TB, folder string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tandem")
	if err := run(folder, []string{"go", "build", "-buildvcs=false", "-o", program, "."}); err != nil {
		t.Fatal(err)
	}
	return program
}

// programOf returns the program that a setting names, or that the PATH has.
func programOf(t testing.TB, setting, name string) string {
	t.Helper()
	if program := os.Getenv(setting); program != "" {
		return program
	}
	program, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("there is no %s; run this with scripts/with-services, or set %s", name, setting)
	}
	return program
}

// run runs a program to its end; its error has what it printed.
func run(folder string, args []string) error {
	command := exec.Command(args[0], args[1:]...)
	command.Dir = folder
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", args[0], err, out)
	}
	return nil
}

// FreePort returns a port that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	return strconv.Itoa(programtest.FreePort(t))
}

// Dials reports, each time, whether something listens on a port.
func Dials(port string) func() bool {
	return func() bool {
		conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}
}

// Answers reports, each time, whether a URL answers with 200.
func Answers(url string) func() bool {
	client := http.Client{Timeout: 2 * time.Second}
	return func() bool {
		response, err := client.Get(url)
		if err != nil {
			return false
		}
		return response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}
}
