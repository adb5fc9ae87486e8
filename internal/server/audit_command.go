package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/postgres"
	"tandem/internal/sqlite"
)

// errBroken is the error of a check that found something.
var errBroken = errors.New("not every audit trail is as it was written")

// verifyAudit checks the audit trails in the database of the environment, and
// prints a line for each.
func verifyAudit(ctx context.Context, arguments []string, environment map[string]string, out io.Writer) error {
	orgID, expect, helped, err := readVerifyArguments(arguments, out)
	if err != nil || helped {
		return err
	}
	s, err := config.Read(environment)
	if err != nil {
		return err
	}
	store, err := openToRead(ctx, s)
	if err != nil {
		return err
	}
	defer store.Close()
	if orgID != "" {
		return verifyTrails(ctx, store, []collab.ID{orgID}, expect, out)
	}
	return verifyAllTrails(ctx, store, out)
}

// openToRead opens the database of the settings, which a check must neither make nor migrate.
func openToRead(ctx context.Context, s config.Settings) (collab.Store, error) {
	if s.UsesSQLite() {
		return sqlite.OpenToRead(ctx, s.SQLiteFile())
	}
	return postgres.OpenToRead(ctx, s.DatabaseURL)
}

func readVerifyArguments(arguments []string, out io.Writer) (orgID collab.ID, expect *collab.AuditEnd, helped bool, err error) {
	flags := flag.NewFlagSet("audit verify", flag.ContinueOnError)
	org := flags.String("org", "", "the id of one organization; all are checked unless set")
	end := flags.String("expect", "", "NUMBER:HASH, the end that an earlier check printed for this organization")
	helped, err = parseFlags(flags, "checks the audit trails in the database of DATABASE_URL. It only reads.", arguments, out)
	switch {
	case err != nil || helped:
		return "", nil, helped, err
	case *end != "" && *org == "":
		return "", nil, false, usageError{"--expect needs --org: it is the end of one trail"}
	case *end == "":
		return collab.ID(*org), nil, false, nil
	}
	number, hash, _ := strings.Cut(*end, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 || len(hash) != 64 {
		return "", nil, false, usageError{"--expect must be NUMBER:HASH, as an earlier check printed it"}
	}
	return collab.ID(*org), &collab.AuditEnd{Number: n, Hash: hash}, false, nil
}

// orgsAtOnce is how many organizations are listed at a time.
const orgsAtOnce = 1000

// verifyAllTrails checks every trail, also after one that is broken.
func verifyAllTrails(ctx context.Context, store collab.Store, out io.Writer) error {
	var broken error
	after := collab.ID("")
	for listed := orgsAtOnce; listed == orgsAtOnce; {
		ids, err := store.AuditedOrgs(ctx, after, orgsAtOnce)
		if err != nil {
			return err
		}
		err = verifyTrails(ctx, store, ids, nil, out)
		if err != nil && err != errBroken {
			return err
		}
		if err != nil {
			broken = err
		}
		if listed = len(ids); listed > 0 {
			after = ids[listed-1]
		}
	}
	if after == "" {
		return errors.New("there is no organization in this database; set DATABASE_URL as the server has it")
	}
	return broken
}

// verifyTrails checks the trails of organizations.
func verifyTrails(ctx context.Context, store collab.Store, orgIDs []collab.ID, expect *collab.AuditEnd, out io.Writer) error {
	var broken error
	for _, id := range orgIDs {
		report, err := collab.CheckAudit(ctx, store, id, expect)
		if err != nil {
			return err
		}
		if report.Breach != nil {
			broken = errBroken
		}
		fmt.Fprintln(out, trailLine(id, report))
	}
	return broken
}

// trailLine says what was found of one trail, with the end to keep elsewhere.
func trailLine(id collab.ID, report *collab.AuditReport) string {
	switch {
	case report.Breach != nil:
		return fmt.Sprintf("%s: BROKEN, %s", id, report.Breach)
	case report.End.Number == 0:
		return fmt.Sprintf("%s: whole, no rows", id)
	}
	return fmt.Sprintf("%s: whole, %d rows, %d of them emptied by erasures; its end is %d:%s",
		id, report.End.Number, report.Emptied, report.End.Number, report.End.Hash)
}
