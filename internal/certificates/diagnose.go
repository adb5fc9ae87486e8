package certificates

import (
	"context"
	"net/http"

	"golang.org/x/crypto/acme"

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
