package resolvers

import (
	"maps"
	"slices"
	"testing"
)

// Introspection shows the directives that clients can use, and those that explain a field to them.
func TestDirectivesForClients(t *testing.T) {
	t.Parallel()
	got := slices.Sorted(maps.Keys(schema().Directives))
	want := []string{"deprecated", "hasRole", "include", "most", "oneOf", "perViewer", "skip", "specifiedBy"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
