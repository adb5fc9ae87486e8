package operations_test

import (
	"strings"
	"testing"

	"tandem/internal/servertest"
	"tandem/internal/tlstest"
)

// tandem health finds the server by its settings, with and without TLS, and fails where none answers.
func TestHealthCommand(t *testing.T) {
	t.Parallel()
	files := tlstest.Make(t)
	for name, settings := range map[string]map[string]string{
		"HTTP": {}, "HTTPS": {"TLS_CERT": files.Certificate, "TLS_KEY": files.Key},
	} {
		settings["DATABASE_URL"] = servertest.Embedded(t)["DATABASE_URL"]
		settings["AUTH_SECRET"] = servertest.Secret
		address := servertest.FreeAddress(t)
		settings["ADDR"] = address
		asked := map[string]string{}
		for key, value := range settings {
			asked[key] = value
		}
		asked["ADDR"] = strings.Replace(address, "127.0.0.1", "0.0.0.0", 1) // as containers have it
		if _, errs, status := servertest.Tandem(t, asked, "health"); status != 1 || !strings.Contains(errs, "the server does not answer") {
			t.Errorf("%s: without a server it ended with %d: %s", name, status, errs)
		}
		servertest.Start(t, settings)
		for _, arguments := range []string{"health", "health --ready"} {
			if out, errs, status := servertest.Tandem(t, asked, arguments); status != 0 || out == "" {
				t.Errorf("%s: %s ended with %d: %s", name, arguments, status, errs)
			}
		}
	}
}
