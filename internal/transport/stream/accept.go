package stream

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"tandem/internal/engine"
	"tandem/internal/transport"
)

const (
	eventStream = "text/event-stream"
	mixed       = "multipart/mixed"
)

// An acceptance has the kinds of response that a client accepts.
type acceptance struct {
	stream      string // the kind of stream that it prefers, or ""
	json        bool   // it accepts JSON
	streamFirst bool   // it prefers the stream to JSON
}

// accepted reads the Accept headers. A stream counts only by its own name, and a multipart one only with the
// version of the protocol.
func accepted(r *http.Request) acceptance {
	var a acceptance
	var stream, plain float64 // the highest quality value of each
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, parameters, err := mime.ParseMediaType(part)
		q, ok := transport.Quality(parameters["q"])
		if err != nil || !ok {
			continue
		}
		switch name {
		case mixed, eventStream:
			if name == mixed && parameters["subscriptionspec"] != "1.0" || q <= stream {
				continue
			}
			a.stream, stream = name, q
			a.streamFirst = q > plain
		case "application/json", "application/graphql-response+json", "application/*", "*/*":
			a.json = true
			plain = max(plain, q)
			a.streamFirst = stream >= plain
		}
	}
	return a
}

// readParams reads the operation of a request. The request can be read again.
func readParams(r *http.Request) (params graphql.RawParams, err error) {
	if r.Method == http.MethodGet {
		return urlParams(r)
	}
	if !transport.IsJSON(r) {
		return params, errors.New("the content type of a request must be application/json")
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body))
	if err != nil {
		return params, err
	}
	return engine.DecodeParams(body)
}

// urlParams reads the operation of a URL.
func urlParams(r *http.Request) (params graphql.RawParams, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return params, err
	}
	params.Query, params.OperationName = query.Get("query"), query.Get("operationName")
	if variables := query.Get("variables"); variables != "" {
		err = engine.DecodeJSON([]byte(variables), &params.Variables)
	}
	if extensions := query.Get("extensions"); extensions != "" && err == nil {
		err = engine.DecodeJSON([]byte(extensions), &params.Extensions)
	}
	return params, err
}
