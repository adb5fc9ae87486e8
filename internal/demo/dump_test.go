package demo

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/sqlite"
)

func TestDump(t *testing.T) {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil { t.Fatal(err) }
	now := time.Date(2026, 5, 13, 14, 33, 12, 0, time.UTC)
	if _, err := Seed(ctx, store, slog.New(slog.DiscardHandler), now); err != nil { t.Fatal(err) }
	cs, _ := store.Changes(ctx, OrganizationID, 0, 5000)
	types := map[string]int{}
	merged := 0
	for _, c := range cs {
		types[string(c.Type)+" "+string(c.EntityType)]++
		if c.Merged { merged++ }
		name := ""
		if c.Snapshot != nil { name = c.Snapshot.DisplayName() }
		fmt.Print(c.Cursor.Position, " ", c.OccurredAt.Format("Mon 02 15:04"), " ", c.ActorID, " ", c.Type, " ", c.EntityType, " ", name)
		for _, f := range c.Fields { if string(f.NewValue) != "null" { fmt.Print(" ", f.Field, "=", string(f.NewValue)) } }
		if c.CommentID != nil {
			com, _ := store.Comments(ctx, collab.Scope{OrgID: OrganizationID}, []collab.ID{*c.CommentID})
			fmt.Print(" ", com[*c.CommentID].Body)
		}
		fmt.Println()
	}
	fmt.Println(types, len(cs), "merged", merged)
	for _, p := range People() {
		n, _ := store.CountUnread(ctx, OrganizationID, p.UserID)
		fmt.Println(p.UserID, n)
	}
}
