package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The kinds of JSON that a response may be (GraphQL over HTTP).
const (
	graphQLResponse = "application/graphql-response+json"
	plainJSON       = "application/json"
)

// responseType returns which kind of JSON the client of a request would rather have.
// A client that does not name the newer one gets the older one, unless it refuses that.
func responseType(r *http.Request) string {
	var newer, older float64 // how much it is wanted, from 0 to 1
	refused := map[string]bool{}
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q, ok := quality(parameters["q"])
		if !ok {
			refused[name] = true
			continue
		}
		switch name {
		case graphQLResponse:
			newer = max(newer, q)
		case plainJSON:
			older = max(older, q)
		}
	}
	if newer > 0 && newer >= older || older == 0 && refused[plainJSON] && !refused[graphQLResponse] {
		return graphQLResponse
	}
	return plainJSON
}

// writeJSON answers a request, in the kind of JSON that its client accepts.
func writeJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Type", responseType(r))
	w.WriteHeader(status)
	answeredRequest(r.Context(), body)
	_, _ = w.Write(body)
}

// errorsPayload is the response to an operation that did not run.
func errorsPayload(errs gqlerror.List) []byte {
	list, err := json.Marshal(errs)
	if err != nil {
		list = []byte(`[{"message":"the errors can't be encoded","extensions":{"code":"INTERNAL"}}]`)
	}
	return plain(append(append([]byte(`{"errors":`), list...), '}'))
}

// writeErrors answers a request that is not what it has to be.
func writeErrors(w http.ResponseWriter, r *http.Request, status int, message string) {
	Refuse(w, r, status, gqlerror.List{badInput(message)})
}

func badInput(message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": "BAD_USER_INPUT"}}
}

type refusalCountKey struct{}

// CountRefusals has count told the code of each error with which a request is refused before
// anything executes it.
func CountRefusals(next http.Handler, count func(code string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), refusalCountKey{}, count)))
	})
}

// Refuse answers a request that is not executed, and counts the errors.
func Refuse(w http.ResponseWriter, r *http.Request, status int, errs gqlerror.List) {
	if count, ok := r.Context().Value(refusalCountKey{}).(func(string)); ok {
		for _, err := range errs {
			count(fmt.Sprint(err.Extensions["code"]))
		}
	}
	WriteErrors(w, r, status, errs)
}

// WriteErrors answers a request with errors that were counted when they were presented, and no data.
func WriteErrors(w http.ResponseWriter, r *http.Request, status int, errs gqlerror.List) {
	writeJSON(w, r, status, errorsPayload(Name(w.Header().Get(RequestIDHeader), errs)))
}
