package bench_test

import (
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const (
	imported    = 10_000
	importBatch = 100
)

// BenchmarkImport measures how long a client takes to import 10,000 customers in batches, one after the other, with the
// rate limits of a server that sets none.
func BenchmarkImport(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			settings, database := benchSettings(b, name)
			settings["RATE_LIMIT_PER_SECOND"] = "20"
			at := servertest.Start(b, settings)
			used := measureCPU(b, database)
			for b.Loop() {
				importAll(b, servertest.Join(b, at, rand.Text(), "ada", collab.RoleMember))
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/import")
			b.ReportMetric(float64(used.used(b).Microseconds())/float64(imported*b.N), "cpu-µs/customer")
		})
	}
}

func importAll(b *testing.B, ada *servertest.Person) {
	const create = `mutation($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { __typename ... on CustomerSaved { customer { id } } } }`
	for n := 0; n < imported; n += importBatch {
		var inputs []servertest.Object
		for i := range importBatch {
			inputs = append(inputs, servertest.Object{
				"name": fmt.Sprint("Customer ", n+i), "email": fmt.Sprintf("c%d@example.com", n+i), "phone": "+358 9 1234567",
				"notes": "Imported from the old system; call before the end of the quarter.", "tags": []string{"import", "lead"},
				"clientMutationId": fmt.Sprint("import-", n+i),
			})
		}
		for {
			answer := ada.Send(create, servertest.Object{"inputs": inputs})
			if !answer.Has("errors") {
				if saved := len(answer.Data().List("createCustomers")); saved != importBatch {
					b.Fatalf("got %s", answer)
				}
				break
			}
			servertest.Want(b, "code", answer.Code(), "RATE_LIMITED")
			time.Sleep(time.Duration(answer.List("errors")[0].Number("extensions.retryAfterMs")) * time.Millisecond)
		}
	}
}
