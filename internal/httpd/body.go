package httpd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/internal/collab"
	"tandem/internal/transport"
	"tandem/internal/wellformed"
)

// refuseForms refuses a POST that is not JSON, from every client. A page of any site
// can have a browser send the kinds that forms have, with its cookies and without
// asking; JSON only after a question that CORS answers. A stream is opened without
// a body. A compressed body is refused too: it could be small here and fill the
// memory there.
func refuseForms(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opens := r.URL.Path == streamPath && r.ContentLength == 0 && r.Header.Get("Content-Type") == ""
		kind, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		charset, has := parameters["charset"]
		isUTF8 := !has || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
		if r.Method == http.MethodPost && (kind != "application/json" || !isUTF8) && !opens {
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

// readBody reads the body of a POST before anybody else does, and answers one that
// is too large or no operation: gqlgen would send it back to its sender. Streams
// have no time limit once their request has been read.
func readBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if r.Method == http.MethodPost && kind == "application/json" {
			body, err := io.ReadAll(r.Body)
			switch {
			case err != nil:
				err = errors.Join(errUnread, err)
			case len(body) > 0 || r.URL.Path != streamPath:
				err = transport.CheckParams(body)
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

// errUnread tells that a body did not arrive as a whole.
var errUnread = errors.New("the body did not arrive")

// checkURL returns an error for a parameter that does not mean one thing: it is there
// twice, or has text that is not Unicode, or JSON with a name twice.
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
			return err // what is no JSON is refused where it is read
		}
	}
	return nil
}

// parameters are those that a URL may have.
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

// badBody says what is wrong with a body, or a URL, without quoting it.
func badBody(err error) error {
	_, isSyntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case isIllFormed(err), errors.Is(err, transport.ErrParams):
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
