package deploy_test

import (
	"os/exec"
	"testing"
)

// systemd accepts the unit, and counts its service as well confined: 0 is the least exposed, 10 the most.
func TestSystemdUnit(t *testing.T) {
	t.Parallel()
	unit := configure(t, "systemd/tandem.service", "ExecStart=/usr/local/bin/tandem", "ExecStart=/bin/true")
	for _, arguments := range [][]string{{"verify", unit}, {"security", "--offline=true", "--threshold=20", unit}} {
		if said, err := exec.CommandContext(t.Context(), "systemd-analyze", arguments...).CombinedOutput(); err != nil {
			t.Errorf("systemd-analyze %s: %v; make test installs it\n%s", arguments[0], err, said)
		}
	}
}
