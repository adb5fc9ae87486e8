package demo

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"tandem/internal/sqlite"
)

func TestTry(t *testing.T) {
	for range 3 {
	store, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil { t.Fatal(err) }
	b := time.Now()
	ex, err := Seed(context.Background(), store, slog.New(slog.NewTextHandler(t.Output(), nil)), time.Now())
	fmt.Println(ex, err, time.Since(b))
	if err != nil { t.Fatal(err) }
	b = time.Now()
	ex, err = Seed(context.Background(), store, slog.New(slog.NewTextHandler(t.Output(), nil)), time.Now())
	fmt.Println(ex, err, time.Since(b))
	store.Close()
	}
}
