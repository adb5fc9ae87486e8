package api_test

import (
	"net/http"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// If a document has several operations, the request names the one to run. A missing or wrong name is explained.
func TestOperationName(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, nil), "acme", "ada", collab.RoleMember)
	const document = `query A { viewer { role } } query B { viewer { role } }`
	named := func(name string) servertest.Answer {
		return ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": document, "operationName": name}).Want(http.StatusOK).Answer()
	}
	named("A").Is(`{"data": {"viewer": {"role": "MEMBER"}}}`)
	named("").At("errors.0.message").Is(`"the document has 2 operations: name the one to run in operationName"`)
	named("C").At("errors.0.message").Is(`"the document has no operation \"C\": operationName must name one of its operations"`)
}
