package certificates

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/crypto/acme"

	"tandem/internal/collab"
	"tandem/internal/diagnosis"
)

// Diagnose asks the authority for its directory.
func Diagnose(ctx context.Context, directory string) (report diagnosis.Report) {
	client := &acme.Client{DirectoryURL: directory, HTTPClient: &http.Client{Timeout: requestTime}, RetryBackoff: retry, UserAgent: "tandem"}
	found, err := client.Discover(ctx)
	switch {
	case err != nil:
		report.Fail("the authority at %s can't be asked for certificates (%s); let this machine reach it, or correct ACME_DIRECTORY", directory, err)
	case found.ExternalAccountRequired:
		report.Fail("the authority at %s wants an account that was made with it before, which is not supported; choose another ACME_DIRECTORY", directory)
	default:
		report.OK("the authority at %s answers", directory)
	}
	return report
}

// DiagnoseKept tells until when the certificates in the store are valid.
func DiagnoseKept(ctx context.Context, store collab.CertificateStore, directory string, hosts []string) (report diagnosis.Report) {
	for _, host := range hosts {
		kept, err := store.Certificate(ctx, nameOf(directory, host))
		if err != nil {
			report.Warn("the certificates in the database can't be read (%s); instances order those that it lacks", err)
			return report
		}
		diagnoseKept(host, kept, &report)
	}
	return report
}

func diagnoseKept(host, kept string, report *diagnosis.Report) {
	if kept == "" {
		report.OK("instances order the first certificate of %s", host)
		return
	}
	certificate, err := decode(kept)
	if err != nil {
		report.Warn("the certificate of %s in the database is damaged (%s); instances order another one", host, err)
		return
	}
	end, due := certificate.Leaf.NotAfter, dueAt(certificate.Leaf)
	switch now := time.Now(); {
	case now.After(end):
		report.Warn("the certificate of %s expired on %s; the log of the instances says why it is not renewed", host, end.Format(time.DateOnly))
	case now.After(due.Add(end.Sub(due) / 2)):
		report.Warn("the certificate of %s expires on %s, and should have been renewed since %s; the log of the instances says why it is not", host,
			end.Format(time.DateOnly), due.Format(time.DateOnly))
	default:
		report.OK("the certificate of %s is valid until %s", host, end.Format(time.DateOnly))
	}
}
