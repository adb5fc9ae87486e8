package main

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
	"tandem/internal/demo"
)

// printToken prints a bearer token that is signed with the first part of AUTH_SECRET, or
// with the secret of the demo where AUTH_SECRET is not set.
func printToken(arguments []string, environment map[string]string, out io.Writer) error {
	claims, lifetime, err := readTokenArguments(arguments)
	if err != nil {
		return err
	}
	s, err := readSettings(environment)
	if err != nil {
		return err
	}
	secrets := s.AuthSecrets
	switch {
	case s.demo():
		secret, err := readDemoSecret()
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
	if claims.OrganizationID == "" && s.demo() {
		claims.OrganizationID = demo.OrganizationID
	}
	if claims.OrganizationID == "" {
		return misuse{"--org is missing: the id of the person's organization"}
	}
	verifier := auth.NewVerifier(secrets, s.AuthIssuer, s.AuthAudience, time.Now)
	token, err := verifier.Sign(claims, time.Now().Add(lifetime))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, token)
	return err
}

// readTokenArguments reads what a token says, and for how long it is valid.
func readTokenArguments(arguments []string) (claims collab.Claims, lifetime time.Duration, err error) {
	flags := flag.NewFlagSet("token", flag.ContinueOnError)
	sub, org, role := flags.String("sub", "", ""), flags.String("org", "", ""), flags.String("role", "", "")
	name, email, picture := flags.String("name", "", ""), flags.String("email", "", ""), flags.String("picture", "", "")
	expires := flags.Duration("expires", 24*time.Hour, "")
	if err := parseFlags(flags, arguments); err != nil {
		return claims, 0, err
	}
	claims = collab.Claims{Role: collab.Role(strings.ToUpper(*role)), Name: *name, Email: *email, Picture: *picture}
	switch {
	case *sub == "":
		return claims, 0, misuse{"--sub is missing: the id of the person"}
	case claims.UserID.UnmarshalGQL(*sub) != nil:
		return claims, 0, misuse{"--sub must have at most 255 bytes and no control characters"}
	case claims.OrganizationID.UnmarshalGQL(*org) != nil || claims.OrganizationID == collab.Deployment:
		return claims, 0, misuse{"--org must be the id of an organization, of at most 255 bytes and without control characters"}
	case *role != "" && !claims.Role.Valid():
		return claims, 0, misuse{"--role must be VIEWER, MEMBER or ADMIN"}
	case *expires <= 0:
		return claims, 0, misuse{"--expires must be above 0, for example 24h"}
	}
	return claims, *expires, nil
}
