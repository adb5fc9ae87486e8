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
		"no text":         {strings.NewReader(`{"query":5}`), http.StatusBadRequest, "query, operationName and documentId must be texts, variables and extensions objects"},
		"no variables":    {strings.NewReader(`{"variables":"` + secret + `"}`), http.StatusBadRequest, "query, operationName and documentId must be texts, variables and extensions objects"},
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
