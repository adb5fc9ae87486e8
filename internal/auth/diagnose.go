package auth

import (
	"slices"
	"strings"

	"tandem/internal/diagnosis"
)

// DiagnoseKeys reads the keys at a URL, as the server does.
func DiagnoseKeys(url string) (report diagnosis.Report) {
	keys, err := fetchKeys(newKeyClient(), url)
	if err != nil {
		report.Fail("the keys of the identity provider can't be read (%s); start it, or correct AUTH_JWKS_URL", err)
		return report
	}
	var algorithms []string
	for alg := range signatures {
		if slices.ContainsFunc(keys, func(k publicKey) bool { return k.makes(alg) }) {
			algorithms = append(algorithms, alg)
		}
	}
	slices.Sort(algorithms)
	report.OK("the identity provider publishes keys that can be used, %d of them, for %s", len(keys), strings.Join(algorithms, ", "))
	return report
}
