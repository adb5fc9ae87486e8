package server

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/demo"
)

// printToken prints a bearer token that is signed with the first part of AUTH_SECRET, or
// with the secret of the demo where AUTH_SECRET is not set.
func printToken(arguments []string, environment map[string]string, out io.Writer) error {
	claims, lifetime, helped, err := readTokenArguments(arguments, out)
	if err != nil || helped {
		return err
	}
	s, err := config.Read(environment)
	if err != nil {
		return err
	}
	secrets := s.AuthSecrets
	switch {
	case s.Demo():
		secret, err := demo.ReadSecret(config.DataFolder)
		if errors.Is(err, fs.ErrNotExist) {
			return errors.New("there is no demo in this folder: run this where the server runs, or set AUTH_SECRET")
		}
		if err != nil {
			return err
		}
		secrets = []string{secret}
	case len(secrets) == 0:
		return errors.New("set AUTH_SECRET to a secret of the server: only tokens signed with one can be made here, and with AUTH_JWKS_URL alone your identity provider makes them")
	}
	if claims.OrganizationID == "" && s.Demo() {
		claims.OrganizationID = demo.OrganizationID
	}
	if claims.OrganizationID == "" {
		return usageError{"--org is missing: the id of the person's organization"}
	}
	verifier := auth.NewVerifier(secrets, s.AuthIssuer, s.AuthAudience, time.Now)
	token, err := verifier.Sign(claims, time.Now().Add(lifetime))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, token)
	return err
}

// readTokenArguments reads what a token says, and for how long it is valid. helped tells that they asked for help.
func readTokenArguments(arguments []string, out io.Writer) (claims collab.Claims, lifetime time.Duration, helped bool, err error) {
	flags := flag.NewFlagSet("token", flag.ContinueOnError)
	sub := flags.String("sub", "", "the id of the person; required")
	org := flags.String("org", "", "the id of their organization; required, but in the demo")
	role := flags.String("role", "", "VIEWER, MEMBER or ADMIN: the role of a person whom the server does not know yet")
	name := flags.String("name", "", "the name that others see")
	email := flags.String("email", "", "their e-mail address")
	picture := flags.String("picture", "", "the address of their picture")
	expires := flags.String("expires", "24h", "for how long the token is valid, as 24h or 90m")
	helped, err = parseFlags(flags, "prints a token signed with the first part of AUTH_SECRET, or with the demo's secret.", arguments, out)
	if err != nil || helped {
		return claims, 0, helped, err
	}
	lifetime, err = time.ParseDuration(*expires)
	claims = collab.Claims{Role: collab.Role(strings.ToUpper(*role)), Name: *name, Email: *email, Picture: *picture}
	switch {
	case *sub == "":
		err = usageError{"--sub is missing: the id of the person"}
	case claims.UserID.UnmarshalGQL(*sub) != nil:
		err = usageError{"--sub must have at most 255 bytes, no control or invisible characters, and no blank at its beginning or end"}
	case claims.OrganizationID.UnmarshalGQL(*org) != nil || claims.OrganizationID == collab.Deployment:
		err = usageError{"--org must be the id of an organization: at most 255 bytes, no control or invisible characters, and no blank at its beginning or end"}
	case *role != "" && !claims.Role.Valid():
		err = usageError{fmt.Sprintf("--role must be VIEWER, MEMBER or ADMIN; it is %q", *role)}
	case err != nil || lifetime <= 0:
		err = usageError{fmt.Sprintf("--expires must be a time above 0 with its unit, for example 24h or 90m; it is %q", *expires)}
	}
	return claims, lifetime, false, err
}
