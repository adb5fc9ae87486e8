package httpd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/internal/collab"
	"tandem/internal/transport"
)

// refuseForms refuses a POST that is not JSON, whoever sends it. A page of any site
// can have a browser send the kinds that forms have, with its cookies and without
// asking; JSON only after a question that CORS answers. A stream is opened without
// a body. A compressed body is refused too: it could be small here and fill the
// memory there.
func refuseForms(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opens := r.URL.Path == streamPath && r.ContentLength == 0 && r.Header.Get("Content-Type") == ""
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method == http.MethodPost && kind != "application/json" && !opens {
			w.Header().Set("Accept-Post", "application/json")
			writeError(w, r, http.StatusUnsupportedMediaType,
				collab.Errorf(collab.BadInput, "send the operation as JSON, with Content-Type: application/json"))
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
			if err == nil && (len(body) > 0 || r.URL.Path != streamPath) {
				body, err = checkBody(body)
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

// checkURL returns an error if the parameters of an operation have text that is not Unicode.
func checkURL(query url.Values) error {
	for _, name := range []string{"query", "operationName", "variables", "extensions", "documentId"} {
		value := query.Get(name)
		if !utf8.ValidString(value) {
			return transport.ErrIllFormed
		}
		if encoded := name == "variables" || name == "extensions"; encoded && transport.CheckJSON([]byte(value)) != nil {
			return transport.ErrIllFormed
		}
	}
	return nil
}

// A postedOperation is one as a body has it.
type postedOperation struct {
	Query, OperationName, DocumentID *string
	Variables, Extensions            map[string]json.RawMessage
}

// checkBody returns the body, or an error unless it is one operation in JSON.
func checkBody(body []byte) ([]byte, error) {
	var operation postedOperation
	if err := json.Unmarshal(body, &operation); err != nil {
		return nil, err
	}
	if err := transport.CheckJSON(body); err != nil {
		return nil, err
	}
	return documentIDInBody(body, operation), nil
}

func bodyStatus(err error) int {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// badBody says what is wrong with a body without quoting it.
func badBody(err error) error {
	wrong, isType := errors.AsType[*json.UnmarshalTypeError](err)
	_, isSyntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case errors.Is(err, transport.ErrIllFormed):
		return collab.Errorf(collab.BadInput, "%s", transport.ErrIllFormed)
	case bodyStatus(err) == http.StatusRequestEntityTooLarge:
		return collab.Errorf(collab.BadInput, "the body of a request may have at most 1 MiB")
	case isType && wrong.Field == "":
		return collab.Errorf(collab.BadInput, "the body must be one JSON object with a query")
	case isType:
		return collab.Errorf(collab.BadInput, "query, operationName and documentId must be texts, variables and extensions objects")
	case isSyntax:
		return collab.Errorf(collab.BadInput, "the body is not JSON")
	}
	return collab.Errorf(collab.BadInput, "the body did not arrive")
}
