package operations_test

import (
	"net/http"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Requests that are refused before they are executed are counted by their code, like all other errors.
func TestRefusedRequestsAreCounted(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["METRICS_ADDR"] = servertest.FreeAddress(t)
	metricsAt := "http://" + settings["METRICS_ADDR"] + "/metrics"
	at := servertest.Start(t, settings)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	signedIn := map[string]string{"Authorization": "Bearer " + ada.Token, "Content-Type": "application/json"}
	servertest.Want(t, "no JSON", servertest.Knock(t, http.MethodPost, at.URL+"/graphql", "nonsense", signedIn).StatusCode, http.StatusBadRequest)
	servertest.Want(t, "a method", servertest.Knock(t, http.MethodPut, at.URL+"/graphql", "{}", signedIn).StatusCode, http.StatusMethodNotAllowed)
	servertest.Want(t, "a form", servertest.Knock(t, http.MethodPost, at.URL+"/graphql", "a=b", map[string]string{"Authorization": "Bearer " + ada.Token}).StatusCode, http.StatusUnsupportedMediaType)
	servertest.WantSeries(t, metricsAt, `tandem_errors_total{code="BAD_USER_INPUT"}`, 3)
	servertest.Want(t, "nobody", servertest.Knock(t, http.MethodGet, at.URL+"/graphql?query={viewer{role}}", "").StatusCode, http.StatusUnauthorized)
	servertest.WantSeries(t, metricsAt, `tandem_errors_total{code="UNAUTHENTICATED"}`, 1)
}
