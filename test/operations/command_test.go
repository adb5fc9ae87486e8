package operations_test

import (
	"os"
	"strings"
	"testing"

	"tandem/internal/server"
	"tandem/internal/servertest"
)

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	for _, arguments := range []string{"--help", "-h", "help"} {
		out, errs, status := servertest.Tandem(t, nil, arguments)
		if status != 0 || errs != "" || !strings.Contains(out, "tandem audit verify") || !strings.Contains(out, "DATABASE_URL") {
			t.Errorf("%s ended with %d: %s%s", arguments, status, out, errs)
		}
	}
	for _, arguments := range []string{"--version", "-v", "version"} {
		out, errs, status := servertest.Tandem(t, nil, arguments)
		if status != 0 || errs != "" || out != "tandem "+server.Version()+"\n" {
			t.Errorf("%s ended with %d: %s%s", arguments, status, out, errs)
		}
	}
	out, errs, status := servertest.Tandem(t, nil, "serv")
	if status != 2 || out != "" || errs != "tandem: \"serv\" is not a command (tandem --help lists the commands)\n" {
		t.Errorf("an unknown command ended with %d: %s%s", status, out, errs)
	}
	out, errs, status = servertest.Tandem(t, nil, "audit")
	if status != 2 || out != "" || errs != "tandem: audit needs verify: tandem audit verify (tandem --help lists the commands)\n" {
		t.Errorf("half a command ended with %d: %s%s", status, out, errs)
	}
}

// Each command explains itself and its flags, and does nothing else.
func TestHelpOfCommands(t *testing.T) {
	t.Parallel()
	for arguments, flags := range map[string][]string{
		"token --help": {"--sub", "--org", "--role", "--expires", "24h"}, "check --help": {"--url"}, "health --help": {"--ready"}, "migrate --help": {"DATABASE_URL"}, "audit --help": {"--org", "--expect"}, "audit verify -h": {"--org", "--expect"},
	} {
		out, errs, status := servertest.Tandem(t, nil, arguments)
		for _, flag := range flags {
			if status != 0 || errs != "" || !strings.Contains(out, flag) {
				t.Errorf("%s ended with %d, want %s in it: %s%s", arguments, status, flag, out, errs)
			}
		}
	}
}

// A command that only prints or reads creates nothing where there is no server.
func TestCommandsWithoutAServer(t *testing.T) {
	for arguments, sentence := range map[string]string{
		"token --sub ada": "there is no demo in this folder", "audit verify": "there is no database at tandem-data/tandem.db",
	} {
		t.Chdir(t.TempDir())
		out, errs, status := servertest.Tandem(t, map[string]string{"AUTH_SECRET": ""}, arguments)
		if status != 1 || out != "" || !strings.Contains(errs, sentence) {
			t.Errorf("%s ended with %d: %s%s", arguments, status, out, errs)
		}
		if made, err := os.ReadDir("."); err != nil || len(made) > 0 {
			t.Errorf("%s made %v (%v)", arguments, made, err)
		}
	}
}

// A token that the command prints is accepted by the server, with all checks that its settings ask for.
func TestTokenCommand(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["AUTH_SECRET"], settings["AUTH_ISSUER"], settings["AUTH_AUDIENCE"] = servertest.Secret+",an older one", "https://crm.example", "tandem"
	at := servertest.Start(t, settings)
	out, errs, status := servertest.Tandem(t, settings, "token --sub ada --org acme --role admin --name Ada --email ada@example.com --expires 1h")
	if status != 0 || errs != "" {
		t.Fatalf("ended with %d: %s", status, errs)
	}
	ada := &servertest.Person{T: t, At: at, Token: strings.TrimSpace(out)}
	ada.Ask(`{ viewer { role user { id name email } organization { id } } }`, nil).
		Is(`{"viewer": {"role": "ADMIN", "user": {"id": "ada", "name": "Ada", "email": "ada@example.com"}, "organization": {"id": "acme"}}}`)
}

func TestTokenCommandExplainsMistakes(t *testing.T) {
	t.Parallel()
	signing := map[string]string{"AUTH_SECRET": servertest.Secret}
	for arguments, tc := range map[string]struct {
		settings map[string]string
		sentence string
		status   int
	}{
		"token":                                  {signing, "--sub is missing", 2},
		"token --sub ada":                        {signing, "--org is missing", 2},
		"token --sub ada --org a --role boss":    {signing, "--role must be VIEWER, MEMBER or ADMIN", 2},
		"token --sub ada --org @deployment":      {signing, "--org must be the id of an organization", 2},
		"token --sub ada --org a --expires -1h":  {signing, "--expires must be a time above 0", 2},
		"token --sub ada --org a --expires soon": {signing, `--expires must be a time above 0 with its unit, for example 24h or 90m; it is "soon"`, 2},
		"token --sub ada --org a --expires 7d":   {signing, `it is "7d"`, 2},
		"token --user ada":                       {signing, "--user is not a flag of tandem token; its flags are --email", 2},
		"token --sub":                            {signing, "--sub needs a value: the id of the person", 2},
		"token ada":                              {signing, `tandem token does not take the argument "ada"`, 2},
		"token --sub ada --org a": {map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys", "AUTH_AUDIENCE": "x"},
			"set AUTH_SECRET", 1},
	} {
		out, errs, status := servertest.Tandem(t, tc.settings, arguments)
		if status != tc.status || out != "" || !strings.Contains(errs, tc.sentence) {
			t.Errorf("%s ended with %d: %s%s", arguments, status, out, errs)
		}
	}
}
