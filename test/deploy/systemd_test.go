package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// systemd accepts the unit without a warning, alone and with each of its additions, and counts its service as well confined: 0 is
// the least exposed, 100 the most.
func TestSystemdUnit(t *testing.T) {
	t.Parallel()
	for _, addition := range []string{"", "tls.conf", "acme.conf"} {
		unit := configure(t, "systemd/tandem.service", "ExecStart=/usr/local/bin/tandem", "ExecStart=/bin/true")
		folder := filepath.Dir(unit)
		if addition != "" {
			if err := os.Mkdir(unit+".d", 0o700); err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(unit+".d", addition), strings.Join(readUnit(t, addition), "\n"))
		}
		for _, arguments := range [][]string{{"verify", unit}, {"security", "--offline=true", "--threshold=20", unit}} {
			said, err := exec.CommandContext(t.Context(), "systemd-analyze", arguments...).CombinedOutput()
			if err != nil || strings.Contains(string(said), folder) {
				t.Errorf("systemd-analyze %s with %q: %v; make test installs it\n%s", arguments[0], addition, err, said)
			}
		}
	}
}
