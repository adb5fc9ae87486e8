package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

const (
	eventStream = "text/event-stream"
	mixed       = "multipart/mixed"
)

// An acceptance is which kinds of response a client takes.
type acceptance struct {
	stream      string // the kind of stream that it prefers, or ""
	json        bool   // whether it takes JSON at all
	streamFirst bool   // whether it would rather have the stream
}

// accepted reads the Accept headers. Only a stream that is asked for by its name
// counts, and a multipart one only with the version of the protocol.
func accepted(r *http.Request) acceptance {
	var a acceptance
	var stream, plain float64 // how much it wants the best of each, from 0 to 1
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, parameters, err := mime.ParseMediaType(part)
		q, ok := quality(parameters["q"])
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

// quality reads the weight of a kind, and reports whether the kind is wanted at all.
func quality(text string) (float64, bool) {
	if text == "" {
		return 1, true
	}
	q, err := strconv.ParseFloat(text, 64)
	return q, err == nil && q > 0 && q <= 1
}

// readParams reads the operation of a request, and leaves the request so that it
// can be read again.
func readParams(r *http.Request) (params graphql.RawParams, err error) {
	if r.Method == http.MethodGet {
		return urlParams(r)
	}
	if !isJSON(r) {
		return params, errors.New("the content type of a request must be application/json")
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body))
	if err != nil {
		return params, err
	}
	return DecodeParams(body)
}

// isJSON reports whether the body of a request says that it is JSON.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// urlParams reads the operation of a URL.
func urlParams(r *http.Request) (params graphql.RawParams, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return params, err
	}
	params.Query, params.OperationName = query.Get("query"), query.Get("operationName")
	if variables := query.Get("variables"); variables != "" {
		err = decode([]byte(variables), &params.Variables)
	}
	if extensions := query.Get("extensions"); extensions != "" && err == nil {
		err = decode([]byte(extensions), &params.Extensions)
	}
	return params, err
}

// decode reads JSON of a URL, as DecodeParams does.
func decode(b []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	return decoder.Decode(v)
}
