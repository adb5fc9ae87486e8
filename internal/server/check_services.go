package server

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"tandem/internal/auth"
	"tandem/internal/certificates"
	"tandem/internal/config"
	"tandem/internal/diagnosis"
	"tandem/internal/nats"
	"tandem/internal/postgres"
	"tandem/internal/redis"
	"tandem/internal/webpush"
)

// A checkedService is what the settings name besides the database.
type checkedService struct {
	name     string
	isNamed  bool
	diagnose func(ctx context.Context, s config.Settings) diagnosis.Report
}

// servicesOf returns the services, in the order of the check.
func servicesOf(s config.Settings) []checkedService {
	return []checkedService{
		{"replica", s.DatabaseReadURL != "", func(ctx context.Context, s config.Settings) diagnosis.Report {
			return postgres.DiagnoseReplica(ctx, s.DatabaseURL, s.DatabaseReadURL)
		}},
		{"Redis", s.RedisURL != "", func(ctx context.Context, s config.Settings) diagnosis.Report { return redis.Diagnose(ctx, s.RedisURL) }},
		{"NATS", s.NATSURL != "", func(ctx context.Context, s config.Settings) diagnosis.Report {
			return nats.Diagnose(ctx, natsSettings(s))
		}},
		{"sign-in", s.AuthJWKSURL != "", func(_ context.Context, s config.Settings) diagnosis.Report { return auth.DiagnoseKeys(s.AuthJWKSURL) }},
		{"mail", s.SMTPURL != "", diagnoseMail},
		{"push", !s.Demo(), diagnosePush},
		{"ACME", len(s.ACMEHosts) > 0, diagnoseACME},
	}
}

// diagnoseACME asks the authority, and looks at the certificates that the instances have by it.
func diagnoseACME(ctx context.Context, s config.Settings) diagnosis.Report {
	directory := cmp.Or(s.ACMEDirectory, certificates.LetsEncrypt)
	report := certificates.Diagnose(ctx, directory)
	store, err := openToRead(ctx, s)
	if err != nil { // it has no tables yet, or its own part of the check fails and says why
		return report
	}
	defer store.Close()
	return append(report, certificates.DiagnoseKept(ctx, store, directory, s.ACMEHosts)...)
}

// diagnoseMail signs in to the mail server. It sends nothing.
func diagnoseMail(ctx context.Context, s config.Settings) (report diagnosis.Report) {
	sender, err := openMail(s, slog.New(slog.DiscardHandler))
	if err != nil {
		report.Fail("%s", err)
		return report
	}
	return sender.Diagnose(ctx)
}

// diagnosePush examines the keys of Web Push, and how push services reach the operators.
func diagnosePush(ctx context.Context, s config.Settings) (report diagnosis.Report) {
	if s.VAPIDPrivateKey != "" { // the check of the settings has tried it
		report.OK("VAPID_PRIVATE_KEY can sign messages")
	} else {
		diagnosePushKey(ctx, s, &report)
	}
	if subject := s.PushSubject(); subject == "" {
		report.Warn("push services can't reach you, and Apple's refuses messages without a subject; set VAPID_SUBJECT, PUBLIC_URL or MAIL_FROM")
	} else {
		report.OK("push services reach you at %s", subject)
	}
	return report
}

// diagnosePushKey examines the key that instances share through the database.
func diagnosePushKey(ctx context.Context, s config.Settings, report *diagnosis.Report) {
	kept, err := readPushKey(ctx, s)
	switch {
	case err != nil: // it has no tables yet, or its own part of the check fails and says why
		report.OK("the database could not be read; if it has no key of Web Push, the first instance makes one")
		return
	case kept == "":
		report.OK("the first instance makes a pair of keys, and keeps it in the database")
		return
	}
	if _, err := webpush.ParseIdentity(kept, s.PushSubject(), time.Now); err != nil {
		report.Fail("the key of Web Push in the database is damaged (%s); restore it, or set VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY", err)
	} else {
		report.OK("the key of Web Push in the database can sign messages")
	}
}

// readPushKey reads the key of Web Push from the database; "" if no instance has made one yet.
func readPushKey(ctx context.Context, s config.Settings) (string, error) {
	store, err := openToRead(ctx, s)
	if err != nil {
		return "", err
	}
	defer store.Close()
	return store.DeploymentKey(ctx, keyOfPush, "")
}
