package bench_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// BenchmarkRestrict measures the restriction of a record that 1,000 people watch, the first one of its organization: in its transaction, for whose end
// other changes wait, all of them lose access and are notified of that.
func BenchmarkRestrict(b *testing.B) {
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			store, database := benchStore(b, name)
			for range b.N {
				b.StopTimer()
				f := newFirm(b, store)
				ada := f.admit("ada", collab.RoleAdmin)
				id := f.watchWithBrowsers(ada, store, 1)
				if database != "" {
					analyze(b, database)
				}
				f.now = f.now.Add(25 * time.Hour)
				b.StartTimer()
				_, err := f.Update(b.Context(), ada, collab.Update{Type: collab.TypeCustomer, ID: id, BaseVersion: 1, Patch: collab.Patch{"visibility": collab.VisibleRestricted}})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/change")
		})
	}
}
