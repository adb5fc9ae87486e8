package deploy_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

// The unit refuses no system call that the program makes, on either store: systemd would end the program with SIGSYS.
func TestSystemdLetsTheProgramRun(t *testing.T) {
	t.Parallel()
	allowed := allowedCalls(t, readUnit(t, "tandem.service"))
	program := systemtest.BuildIn(t, "../..")
	for name, settings := range map[string]map[string]string{"SQLite": servertest.Embedded(t), "Postgres and Redis": servertest.Shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if refused := callsBeyond(t, allowed, program, settings); len(refused) > 0 {
				t.Errorf("the unit refuses %q", refused)
			}
		})
	}
}

// callsBeyond runs the program from its start to its end while a person reads, writes and follows, and returns the system calls
// that are not allowed. strace records only those, and the last one, which shows that it recorded all.
func callsBeyond(t *testing.T, allowed []string, program string, settings map[string]string) (refused []string) {
	t.Helper()
	address, folder := servertest.FreeAddress(t), systemtest.Folder(t)
	calls, url := filepath.Join(folder, "calls"), "http://"+address
	traced := slices.DeleteFunc(slices.Clone(allowed), func(call string) bool { return call == "exit_group" })
	process := &systemtest.Process{
		Name: "tandem", Log: filepath.Join(folder, "log"), Ready: systemtest.Answers(url + "/readyz"),
		// With -D, strace is the child, so that signals reach the program. A ? has it accept names of other architectures.
		Args: append(systemtest.DiesWithTest(), "strace", "-D", "-f", "-qqq", "-e", "signal=none", "-e", "trace=!?"+strings.Join(traced, ",?"), "-o", calls, program),
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "ADDR=" + address, "METRICS_ADDR=" + servertest.FreeAddress(t),
			"AUTH_SECRET=" + servertest.Secret, "DATABASE_URL=" + settings["DATABASE_URL"], "REDIS_URL=" + settings["REDIS_URL"]},
	}
	if err := process.Start(); err != nil {
		t.Fatalf("%v; make test installs strace", err)
	}
	t.Cleanup(process.Kill)
	ada := servertest.Join(t, &servertest.Instance{URL: url}, rand.Text(), "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	socket := ada.Connect()
	socket.Subscribe("s", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	socket.Next("s").At("customerChanged.version").Is("2")
	process.Signal(syscall.SIGTERM)
	<-process.Ended()
	line := regexp.MustCompile(`(?m)^\d+ +(\w+)\(`)
	ended := false
	eventually.True(t, "strace records the end of the program", func() bool {
		text, err := os.ReadFile(calls)
		if err != nil {
			t.Fatal(err)
		}
		refused = nil
		for _, match := range line.FindAllSubmatch(text, -1) {
			if call := string(match[1]); call == "exit_group" {
				ended = true
			} else {
				refused = append(refused, call)
			}
		}
		return ended
	})
	slices.Sort(refused)
	return slices.Compact(refused)
}

// allowedCalls returns the system calls that the unit allows, in the order that systemd reads its lines: the first is a list of
// what is allowed, and each of the others adds to it, or with a ~ takes away.
func allowedCalls(t *testing.T, unit []string) (allowed []string) {
	t.Helper()
	groups := callGroups(t)
	set := map[string]bool{}
	for _, line := range unit {
		list, isFilter := strings.CutPrefix(line, "SystemCallFilter=")
		list, refuses := strings.CutPrefix(list, "~")
		for _, name := range strings.Fields(list) {
			if !isFilter {
				break
			}
			for _, call := range groups.expand(name) {
				set[call] = !refuses
			}
		}
	}
	for call, isAllowed := range set {
		if isAllowed {
			allowed = append(allowed, call)
		}
	}
	slices.Sort(allowed)
	if len(allowed) < 100 {
		t.Fatalf("the unit allows only %q", allowed)
	}
	return allowed
}

// groups are the sets of system calls that systemd knows, with their members, which may be sets too.
type groups map[string][]string

func (g groups) expand(name string) (calls []string) {
	if !strings.HasPrefix(name, "@") {
		return []string{name}
	}
	for _, member := range g[name] {
		calls = append(calls, g.expand(member)...)
	}
	return calls
}

func callGroups(t *testing.T) groups {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "systemd-analyze", "syscall-filter").Output()
	if err != nil {
		t.Fatalf("systemd-analyze syscall-filter: %v; make test installs it", err)
	}
	g, group := groups{}, ""
	for lines := bufio.NewScanner(bytes.NewReader(said)); lines.Scan(); {
		switch name := strings.TrimSpace(lines.Text()); {
		case strings.HasPrefix(lines.Text(), "@"):
			group = name
		case name != "" && !strings.HasPrefix(name, "#"):
			g[group] = append(g[group], name)
		}
	}
	return g
}

// readUnit returns the lines of a file of deploy/systemd.
func readUnit(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../deploy/systemd", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}
