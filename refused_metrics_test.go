package main

import (
	"net/http"
	"testing"

	"tandem/internal/collab"
)

// Requests that are refused before they are executed are counted by their code, as all other errors are.
func TestRefusedRequestsAreCounted(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["METRICS_ADDR"] = freeAddress(t)
	metricsAt := "http://" + settings["METRICS_ADDR"] + "/metrics"
	at := start(t, settings)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	signedIn := map[string]string{"Authorization": "Bearer " + ada.token, "Content-Type": "application/json"}
	want(t, "no JSON", knock(t, http.MethodPost, at.url+"/graphql", "nonsense", signedIn).StatusCode, http.StatusBadRequest)
	want(t, "a method", knock(t, http.MethodPut, at.url+"/graphql", "{}", signedIn).StatusCode, http.StatusMethodNotAllowed)
	want(t, "a form", knock(t, http.MethodPost, at.url+"/graphql", "a=b", map[string]string{"Authorization": "Bearer " + ada.token}).StatusCode, http.StatusUnsupportedMediaType)
	wantSeries(t, metricsAt, `tandem_errors_total{code="BAD_USER_INPUT"}`, 3)
	want(t, "nobody", knock(t, http.MethodGet, at.url+"/graphql?query={viewer{role}}", "").StatusCode, http.StatusUnauthorized)
	wantSeries(t, metricsAt, `tandem_errors_total{code="UNAUTHENTICATED"}`, 1)
}
