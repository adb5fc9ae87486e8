package httpd

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBodies(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for name, tc := range map[string]struct {
		body    io.Reader
		status  int
		message string
	}{
		"an operation":    {strings.NewReader(`{"query":"{ a }","variables":null,"operationName":"A","extensions":{}}`), http.StatusOK, ""},
		"no JSON":         {strings.NewReader(`{"query": ` + secret), http.StatusBadRequest, "the body is not JSON"},
		"no object":       {strings.NewReader(`[{"query":"` + secret + `"}]`), http.StatusBadRequest, "the body must be one JSON object with a query"},
		"something more":  {strings.NewReader(`{"query":"{ a }"} ` + secret), http.StatusBadRequest, "the body is not JSON"},
		"no text":         {strings.NewReader(`{"query":5}`), http.StatusBadRequest, "query, operationName and documentId must be strings, variables and extensions objects"},
		"no variables":    {strings.NewReader(`{"variables":"` + secret + `"}`), http.StatusBadRequest, "query, operationName and documentId must be strings, variables and extensions objects"},
		"another case":    {strings.NewReader(`{"QUERY":"{ a }"}`), http.StatusBadRequest, "the body must be one JSON object with a query"},
		"a name twice":    {strings.NewReader(`{"query":"{ a }","query":"{ b }"}`), http.StatusBadRequest, "an object must not have two fields of one name"},
		"twice, escaped":  {strings.NewReader(`{"query":"{ a }","variables":{"a":{"n":1,"\u006e":2}}}`), http.StatusBadRequest, "an object must not have two fields of one name"},
		"a list":          {strings.NewReader(`[{"query":"{ a }"}]`), http.StatusBadRequest, "the body must be one JSON object with a query"},
		"nothing":         {strings.NewReader(""), http.StatusBadRequest, "the body is not JSON"},
		"1 MiB":           {strings.NewReader(`{"query":"` + strings.Repeat("a", maxBody-len(`{"query":""}`)) + `"}`), http.StatusOK, ""},
		"a byte more":     {strings.NewReader(`{"query":"` + strings.Repeat("a", maxBody-len(`{"query":""}`)+1) + `"}`), http.StatusRequestEntityTooLarge, "the body of a request may have at most 1 MiB"},
		"does not arrive": {iotest.ErrReader(errors.New(secret)), http.StatusBadRequest, "the body did not arrive"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := limitBody(readBody(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := json.NewDecoder(r.Body).Decode(&map[string]any{}); err != nil {
					t.Errorf("the next handler can't read the body: %v", err)
				}
			})))
			r := httptest.NewRequest(http.MethodPost, "/graphql", tc.body)
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			body := w.Body.String()
			if w.Code != tc.status || strings.Contains(body, secret) {
				t.Fatalf("status %d, %s", w.Code, body)
			}
			if tc.message != "" && body != `{"errors":[{"message":"`+tc.message+`","extensions":{"code":"BAD_USER_INPUT"}}]}`+"\n" &&
				body != `{"errors":[{"message":"`+tc.message+`","extensions":{"code":"BAD_USER_INPUT"}}],"data":null}`+"\n" {
				t.Errorf("got %s", body)
			}
		})
	}
}

// A request without a body, or of another kind, is left alone.
func TestOtherBodiesAreLeftAlone(t *testing.T) {
	t.Parallel()
	served := 0
	handler := readBody(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served++ }))
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodGet, "/graphql?query={a}", nil),
		httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader("no JSON")),
		httptest.NewRequest(http.MethodPost, streamPath, nil),
	} {
		if r.URL.Path == streamPath {
			r.Header.Set("Content-Type", "application/json")
		}
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	if served != 3 {
		t.Errorf("%d of 3 were served", served)
	}
}

// A URL whose parameters can be read in two ways, and a body that is not in UTF-8, are refused.
func TestRequestsThatMeanTwoThings(t *testing.T) {
	t.Parallel()
	handler := refuseForms(readBody(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	status := func(r *http.Request) int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code
	}
	for query, want := range map[string]int{
		`query={a}&variables={"n":1}`: http.StatusOK, `query={a}&x=1&x=2`: http.StatusOK, `query={a}&variables=nonsense`: http.StatusOK,
		`query={a}&variables={"n":1}&variables={"n":"x"}`: http.StatusBadRequest, `query={a}&query={a}`: http.StatusBadRequest,
		`query={a}&variables={"n":1,"n":2}`: http.StatusBadRequest, `query={a}&extensions={"n":{"a":1,"a":1}}`: http.StatusBadRequest,
		`query={a}&operationName=%ff`: http.StatusBadRequest, `query={a}&documentId=x&documentId=y`: http.StatusBadRequest,
	} {
		r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		r.URL.RawQuery = query
		if got := status(r); got != want {
			t.Errorf("%s: got %d, want %d", query, got, want)
		}
	}
	for kind, want := range map[string]int{
		"application/json": http.StatusOK, "application/json; charset=UTF-8": http.StatusOK, `application/json;charset="utf-8"`: http.StatusOK,
		"application/json; charset=utf-16": http.StatusUnsupportedMediaType, "application/json; charset=latin1": http.StatusUnsupportedMediaType,
	} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"{ a }"}`))
		r.Header.Set("Content-Type", kind)
		if got := status(r); got != want {
			t.Errorf("%s: got %d, want %d", kind, got, want)
		}
	}
}
