package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/engine"
	"tandem/internal/requestid"
)

// The content types of responses (GraphQL over HTTP).
const (
	GraphQLResponse = "application/graphql-response+json"
	plainJSON       = "application/json"
)

// ResponseType returns the content type that the client of a request prefers. A client that does not accept the
// newer one by name gets the older one, unless it refuses that.
func ResponseType(r *http.Request) string {
	var newer, older float64 // quality values, from 0 to 1
	refused := map[string]bool{}
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q, ok := Quality(parameters["q"])
		if !ok {
			refused[name] = true
			continue
		}
		switch name {
		case GraphQLResponse:
			newer = max(newer, q)
		case plainJSON:
			older = max(older, q)
		}
	}
	if newer > 0 && newer >= older || older == 0 && refused[plainJSON] && !refused[GraphQLResponse] {
		return GraphQLResponse
	}
	return plainJSON
}

// Quality parses a quality value, and reports whether it is valid and above 0.
func Quality(text string) (float64, bool) {
	if text == "" {
		return 1, true
	}
	q, err := strconv.ParseFloat(text, 64)
	return q, err == nil && q > 0 && q <= 1
}

// WriteJSON answers a request with the content type that its client prefers.
func WriteJSON(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Type", ResponseType(r))
	w.WriteHeader(status)
	answeredRequest(r.Context(), body)
	_, _ = w.Write(body)
}

// ErrorsPayload returns the response to an operation that did not run.
func ErrorsPayload(errs gqlerror.List) []byte {
	list, err := json.Marshal(errs)
	if err != nil {
		list = []byte(`[{"message":"the errors can't be encoded","extensions":{"code":"INTERNAL"}}]`)
	}
	return engine.NormalizeJSON(append(append([]byte(`{"errors":`), list...), '}'))
}

// RefuseInput rejects a malformed request.
func RefuseInput(w http.ResponseWriter, r *http.Request, status int, message string) {
	Refuse(w, r, status, gqlerror.List{engine.BadInput(message)})
}

type refusalCountKey struct{}

// CountRefusals calls count with the code of each error with which a request is rejected before it is executed.
func CountRefusals(next http.Handler, count func(code string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), refusalCountKey{}, count)))
	})
}

// Refuse rejects a request with errors, and counts them.
func Refuse(w http.ResponseWriter, r *http.Request, status int, errs gqlerror.List) {
	if count, ok := r.Context().Value(refusalCountKey{}).(func(string)); ok {
		for _, err := range errs {
			count(fmt.Sprint(err.Extensions["code"]))
		}
	}
	WriteErrors(w, r, status, errs)
}

// WriteErrors answers a request with errors that are counted already.
func WriteErrors(w http.ResponseWriter, r *http.Request, status int, errs gqlerror.List) {
	WriteJSON(w, r, status, ErrorsPayload(requestid.Annotate(w.Header().Get(requestid.Header), errs)))
}
