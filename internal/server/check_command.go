package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"

	"tandem/internal/config"
	"tandem/internal/diagnosis"
	"tandem/internal/postgres"
	"tandem/internal/sqlite"
)

// errFailed is the error of a check that found what can't work.
var errFailed = errors.New("the server can't work like this; correct what FAILED")

// check examines the settings of the environment and what they name, and prints a line for each finding.
func check(ctx context.Context, arguments []string, environment map[string]string, out io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	public := flags.String("url", "", "where clients reach the server, as https://tandem.example; then the proxies before it are checked too")
	helped, err := parseFlags(flags, "checks the settings, and the services that they name: the database, Redis, NATS, the identity provider, the mail server, the authority of certificates and the proxies. It changes nothing, and sends no mail.", arguments, out)
	if err != nil || helped {
		return err
	}
	isGiven := false
	flags.Visit(func(*flag.Flag) { isGiven = true })
	if at, err := url.Parse(*public); isGiven && (err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "") {
		return usageError{fmt.Sprintf("--url must be like https://tandem.example; it is %q", *public)}
	}
	worst := diagnosis.OK
	print := func(about string, report diagnosis.Report) {
		for _, finding := range report {
			fmt.Fprintf(out, "%-8s %-9s %s\n", finding.Level, about, finding.Text)
		}
		worst = max(worst, report.Worst())
	}
	s, report := diagnoseSettings(environment)
	print("settings", report)
	if worst < diagnosis.Failed {
		report = diagnoseDatabase(ctx, s)
		print("database", report)
		for _, service := range servicesOf(s) {
			if service.isNamed {
				print(service.name, service.diagnose(ctx, s))
			}
		}
		if isGiven {
			print("proxies", diagnoseProxies(ctx, s, *public))
		}
	}
	if worst == diagnosis.Failed {
		return errFailed
	}
	return nil
}

// diagnoseSettings reads the settings as the server does.
func diagnoseSettings(environment map[string]string) (s config.Settings, report diagnosis.Report) {
	s, err := config.Read(environment)
	if err == nil {
		_, err = s.Level()
	}
	if err == nil {
		err = tryParts(s, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		report.Fail("%s", err)
		return s, report
	}
	for _, warning := range s.Warnings() {
		report.Warn("%s", warning)
	}
	diagnoseCertificate(s, &report)
	if report.Worst() == diagnosis.OK {
		report.OK("all of them can be used")
	}
	return s, report
}

func diagnoseDatabase(ctx context.Context, s config.Settings) diagnosis.Report {
	if !s.UsesSQLite() {
		return postgres.Diagnose(ctx, s.DatabaseURL, s.Migrate == "on")
	}
	if _, err := os.Stat(config.DataFolder); s.DatabaseURL == "" && os.IsNotExist(err) && s.Migrate == "on" {
		return diagnosis.Report{{Level: diagnosis.OK, Text: "SQLite in the folder " + config.DataFolder + ", which the server makes where it starts"}}
	}
	return sqlite.Diagnose(ctx, s.SQLiteFile(), s.Migrate == "on")
}
