// Package certificates tests certificates by ACME against Pebble, the authority for tests of Let's Encrypt.
package certificates_test

import (
	"testing"

	"tandem/internal/servertest"
)

func TestMain(m *testing.M) { servertest.Main(m) }
