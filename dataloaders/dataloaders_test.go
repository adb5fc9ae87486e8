package dataloaders_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/dataloaders"
	"tandem/internal/collab"
	"tandem/internal/memory"
	"tandem/internal/sqlite"
)

// asked notes which people are read from a store.
type asked struct {
	collab.Store

	mu  sync.Mutex // guards ids: loaders read side by side
	ids []collab.ID
}

func (s *asked) Users(ctx context.Context, orgID collab.ID, ids []collab.ID) (map[collab.ID]*collab.User, error) {
	s.mu.Lock()
	s.ids = append(s.ids, ids...)
	s.mu.Unlock()
	return s.Store.Users(ctx, orgID, ids)
}

// A list of the first people of many reads no more of them than it shows, and one more for each who was erased.
func TestFirstUsers(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	read := &asked{Store: store}
	service := collab.NewService(read, memory.NewBus(), nil, slog.New(slog.DiscardHandler), time.Now)
	var admin *collab.Viewer
	all := []collab.ID{"ada", "ben", "cem", "dan", "eve", "fay"}
	for _, id := range all {
		admin, err = service.Admit(t.Context(), collab.Claims{OrganizationID: "acme", UserID: id, Name: string(id), Role: collab.RoleAdmin})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := service.ErasePersonalData(t.Context(), admin, "ben"); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		ids         []collab.ID
		first, read []collab.ID
	}{
		{all, []collab.ID{"ada", "cem", "dan"}, []collab.ID{"ada", "ben", "cem", "dan"}},
		{[]collab.ID{"none", "ben"}, []collab.ID{}, []collab.ID{"ben", "none"}},
		{nil, []collab.ID{}, []collab.ID{}},
	} {
		read.ids = []collab.ID{}
		fresh := collab.NewService(read, memory.NewBus(), nil, slog.New(slog.DiscardHandler), time.Now)
		people, err := dataloaders.New(fresh, admin.Scope(), 0).FirstUsers(t.Context(), tc.ids, 3)
		if err != nil {
			t.Fatal(err)
		}
		first := []collab.ID{}
		for _, user := range people {
			first = append(first, user.ID)
		}
		slices.Sort(read.ids)
		if !slices.Equal(first, tc.first) || !slices.Equal(read.ids, tc.read) {
			t.Errorf("of %v got %v, and read %v", tc.ids, first, read.ids)
		}
	}
}
