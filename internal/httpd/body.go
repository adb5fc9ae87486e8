package httpd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/internal/collab"
	"tandem/internal/engine"
	"tandem/internal/transport"
	"tandem/internal/wellformed"
)

// refuseForms rejects a POST that is not JSON. For a page of any site, a browser sends the content
// types of forms with its cookies and without a CORS preflight; JSON needs a preflight. The POST that
// opens a stream has no body. A compressed body is rejected too: decompressed, it could fill the memory.
func refuseForms(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opens := r.URL.Path == streamPath && r.ContentLength == 0 && r.Header.Get("Content-Type") == ""
		if r.Method == http.MethodPost && !transport.IsJSON(r) && !opens {
			w.Header().Set("Accept-Post", "application/json")
			writeError(w, r, http.StatusUnsupportedMediaType,
				collab.Errorf(collab.BadInput, "send the operation as JSON in UTF-8, with Content-Type: application/json"))
			return
		}
		if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
			w.Header().Set("Accept-Encoding", "identity")
			writeError(w, r, http.StatusUnsupportedMediaType,
				collab.Errorf(collab.BadInput, "send the body as it is, without Content-Encoding"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readBody reads the body of a POST, and rejects a body that is too large or not an operation: gqlgen
// would quote it in its response. It then removes the deadline for reads, since streams have none.
func readBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && transport.IsJSON(r) {
			body, err := io.ReadAll(r.Body)
			switch {
			case err != nil:
				err = errors.Join(errUnread, err)
			case len(body) > 0 || r.URL.Path != streamPath:
				err = engine.CheckParams(body)
			}
			if err != nil {
				writeError(w, r, bodyStatus(err), badBody(err))
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		if err := checkURL(r.URL.Query()); err != nil {
			writeError(w, r, http.StatusBadRequest, badBody(err))
			return
		}
		documentIDInURL(r)
		if r.Header.Get("Upgrade") == "" {
			_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
		}
		next.ServeHTTP(w, r)
	})
}

// errUnread means that a body did not arrive completely.
var errUnread = errors.New("the body did not arrive")

// checkURL returns an error for an ambiguous parameter: it is repeated, not Unicode, or
// JSON with a repeated name.
func checkURL(query url.Values) error {
	for name, values := range query {
		if !slices.Contains(parameters, name) {
			continue
		}
		if len(values) > 1 {
			return errTwice
		}
		if !utf8.ValidString(values[0]) {
			return wellformed.ErrText
		}
		if name != "variables" && name != "extensions" {
			continue
		}
		if err := wellformed.JSON([]byte(values[0])); isIllFormed(err) {
			return err // text that is not JSON is rejected where it is decoded
		}
	}
	return nil
}

// parameters are the parameters of a URL that the server reads.
var parameters = []string{"query", "operationName", "variables", "extensions", "documentId", "operationId", "token"}

var errTwice = errors.New("a parameter of the URL must not be there twice")

func isIllFormed(err error) bool {
	return errors.Is(err, wellformed.ErrText) || errors.Is(err, wellformed.ErrRepeated) || errors.Is(err, errTwice)
}

func bodyStatus(err error) int {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// badBody returns the error for a body or a URL, without quoting it.
func badBody(err error) error {
	_, isSyntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case isIllFormed(err), errors.Is(err, engine.ErrParams):
		return collab.Errorf(collab.BadInput, "%s", err)
	case bodyStatus(err) == http.StatusRequestEntityTooLarge:
		return collab.Errorf(collab.BadInput, "the body of a request may have at most 1 MiB")
	case isSyntax:
		return collab.Errorf(collab.BadInput, "the body is not JSON")
	case errors.Is(err, errUnread):
		return collab.Errorf(collab.BadInput, "the body did not arrive")
	}
	return collab.Errorf(collab.BadInput, "the body must be one JSON object with a query")
}
