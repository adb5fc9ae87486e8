package main

import (
	"strings"
	"testing"

	"tandem/internal/collab"
)

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	for _, arguments := range []string{"--help", "-h", "help"} {
		out, errs, status := tandem(t, nil, arguments)
		if status != 0 || errs != "" || !strings.Contains(out, "tandem audit verify") || !strings.Contains(out, "DATABASE_URL") {
			t.Errorf("%s ended with %d: %s%s", arguments, status, out, errs)
		}
	}
	for _, arguments := range []string{"--version", "version"} {
		out, errs, status := tandem(t, nil, arguments)
		if status != 0 || errs != "" || out != "tandem "+programVersion()+"\n" {
			t.Errorf("%s ended with %d: %s%s", arguments, status, out, errs)
		}
	}
	out, errs, status := tandem(t, nil, "serv")
	if status != statusUsage || out != "" || !strings.Contains(errs, `"serv" is not a command`) || !strings.Contains(errs, usage) {
		t.Errorf("an unknown command ended with %d: %s%s", status, out, errs)
	}
}

// A token of the command is one that the server accepts, with all that its settings ask for.
func TestTokenCommand(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["AUTH_SECRET"], settings["AUTH_ISSUER"], settings["AUTH_AUDIENCE"] = secret+",an older one", "https://crm.example", "tandem"
	at := start(t, settings)
	out, errs, status := tandem(t, settings, "token --sub ada --org acme --role admin --name Ada --email ada@example.com --expires 1h")
	if status != 0 || errs != "" {
		t.Fatalf("ended with %d: %s", status, errs)
	}
	ada := &person{t: t, at: at, token: strings.TrimSpace(out)}
	want(t, "viewer", ada.ask(`{ viewer { role user { id name email } organization { id } } }`, nil)["viewer"],
		object{"role": string(collab.RoleAdmin), "user": object{"id": "ada", "name": "Ada", "email": "ada@example.com"}, "organization": object{"id": "acme"}})
}

func TestTokenCommandExplainsMistakes(t *testing.T) {
	t.Parallel()
	signing := map[string]string{"AUTH_SECRET": secret}
	for arguments, tc := range map[string]struct {
		settings map[string]string
		sentence string
		status   int
	}{
		"token":                                  {signing, "--sub is missing", statusUsage},
		"token --sub ada":                        {signing, "--org is missing", statusUsage},
		"token --sub ada --org a --role boss":    {signing, "--role must be VIEWER, MEMBER or ADMIN", statusUsage},
		"token --sub ada --org @deployment":      {signing, "--org must be the id of an organization", statusUsage},
		"token --sub ada --org a --expires -1h":  {signing, "--expires must be above 0", statusUsage},
		"token --sub ada --org a --expires soon": {signing, "the flags of token are --email", statusUsage},
		"token --user ada":                       {signing, "the flags of token are --email", statusUsage},
		"token ada":                              {signing, `token does not take the argument "ada"`, statusUsage},
		"token --sub ada --org a": {map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys", "AUTH_AUDIENCE": "x"},
			"set AUTH_SECRET", 1},
	} {
		out, errs, status := tandem(t, tc.settings, arguments)
		if status != tc.status || out != "" || !strings.Contains(errs, tc.sentence) {
			t.Errorf("%s ended with %d: %s%s", arguments, status, out, errs)
		}
	}
}
