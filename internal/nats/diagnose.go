package nats

import (
	"context"
	"errors"

	natsio "github.com/nats-io/nats.go"

	"tandem/internal/diagnosis"
)

// wantedPayload is the size of message that NATS should accept. Changes of records with long texts can exceed its default
// of 1 MiB, since an announcement has the values before and after.
const wantedPayload = 4 << 20

// Diagnose examines the NATS of the settings.
func Diagnose(ctx context.Context, settings Settings) (report diagnosis.Report) {
	c, options, err := settings.connection()
	if err != nil {
		report.Fail("%s", err)
		return report
	}
	if c.Conn, err = options.Connect(); err != nil {
		if refusal := c.refused(err); refusal != nil {
			report.Fail("%s", refusal)
		} else {
			report.Fail("no NATS answers at %s (%s); start it, or correct NATS_URL", c.servers, err)
		}
		return report
	}
	defer c.Close()
	report.OK("NATS %s", c.ConnectedServerVersion())
	if c.MaxPayload() < wantedPayload {
		report.Warn("NATS accepts messages of %d bytes at most (max_payload); larger changes reach other instances a second later, so set it to 4MB", c.MaxPayload())
	}
	err = c.hearSelf(ctx)
	switch {
	case err == nil:
		report.OK("the user may announce and listen")
	case errors.Is(err, natsio.ErrPermissionViolation):
		report.Fail("the user lacks a right (%s); let it publish and subscribe to %s.>", err, settings.Subject)
	default:
		report.Fail("an announcement does not arrive (%s); look at the load of NATS, and at the network between", err)
	}
	return report
}
