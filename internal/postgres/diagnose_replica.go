package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"tandem/internal/diagnosis"
)

// warnLag is from how many bytes on a replica is so far behind that hardly any read finds it current.
const warnLag = 64 << 20

// DiagnoseReplica examines the replica of a URL beside its primary, and changes nothing there.
func DiagnoseReplica(ctx context.Context, primary, url string) (report diagnosis.Report) {
	is, recovers, ok := placeOf(ctx, &report, "DATABASE_READ_URL", url)
	if !ok {
		return report
	}
	of, _, ok := placeOf(ctx, &report, "DATABASE_URL", primary)
	if !ok {
		return report
	}
	lag, err := of.compare(is)
	switch {
	case err != nil:
		report.Fail("DATABASE_READ_URL can't be read: %s", err)
	case !recovers:
		report.Warn("DATABASE_READ_URL names the primary, which answers its reads anyway; name a replica, or unset it")
	case lag > warnLag:
		report.Warn("the replica is %d MB behind, so the primary answers most reads; look whether it replays, and at the network between them", lag>>20)
	default:
		report.OK("the replica streams from the primary, and is %d kB behind", lag>>10)
	}
	return report
}

// placeOf reads how far a server is, and whether it replays what another one writes.
func placeOf(ctx context.Context, report *diagnosis.Report, setting, url string) (place walPlace, recovers, ok bool) {
	config, err := configure(ctx, url)
	if err != nil {
		report.Fail("%s", strings.ReplaceAll(err.Error(), "DATABASE_URL", setting))
		return place, false, false
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		report.Fail("%s", strings.ReplaceAll(openError(config.ConnConfig.Config, err).Error(), "DATABASE_URL", setting))
		return place, false, false
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	err = conn.QueryRow(ctx, "SELECT pg_is_in_recovery()").Scan(&recovers)
	if err == nil {
		place, err = readWALPlace(ctx, conn)
	}
	if err != nil {
		report.Fail("how far the server is can't be read: %s", err)
		return place, false, false
	}
	return place, recovers, true
}
