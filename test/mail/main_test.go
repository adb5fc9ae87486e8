package mail_test

import (
	"testing"

	"tandem/internal/servertest"
)

func TestMain(m *testing.M) { servertest.Main(m) }
