package transport

import (
	"mime"
	"net/http"
	"strings"
)

// IsJSON reports whether the body of a request is declared as JSON in UTF-8, by one header that can be read.
func IsJSON(r *http.Request) bool {
	declared := r.Header.Values("Content-Type")
	if len(declared) != 1 {
		return false
	}
	kind, parameters, err := mime.ParseMediaType(declared[0])
	charset, has := parameters["charset"]
	return err == nil && kind == plainJSON && (!has || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8"))
}
