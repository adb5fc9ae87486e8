// Package monitoring_test checks the dashboard, the alerts and the metrics that both read: every query is parsed as
// Prometheus does it, and its metrics and labels are those of an instance that runs.
package monitoring_test

import (
	"testing"

	"tandem/internal/servertest"
)

func TestMain(m *testing.M) { servertest.Main(m) }
