package httpd

import (
	"fmt"
	"strings"
	"testing"
)

func TestTextsAreBounded(t *testing.T) {
	t.Parallel()
	c := newTexts(10, 100, 500, func(_ string, text string) int { return len(text) })
	ctx := t.Context()
	for i := range 20 {
		c.Add(ctx, fmt.Sprint(i), strings.Repeat("x", 10))
		c.Add(ctx, fmt.Sprint(i), strings.Repeat("x", 10))
	}
	if _, old := c.Get(ctx, "9"); old || c.kept.Len() != 10 || c.sum != 100 {
		t.Errorf("%d are kept, of %d bytes", c.kept.Len(), c.sum)
	}
	c.Add(ctx, "longer than any", strings.Repeat("x", 101))
	if _, kept := c.Get(ctx, "longer than any"); kept {
		t.Error("a text is kept that is too long")
	}
	if _, kept := c.Get(ctx, "10"); !kept {
		t.Error("the oldest is gone, although there is room")
	}
	for i := range 6 {
		c.Add(ctx, fmt.Sprint("long", i), strings.Repeat("x", 100))
	}
	_, used := c.Get(ctx, "long1")
	if _, old := c.Get(ctx, "long0"); old || !used || c.sum != 500 || c.kept.Len() != 5 {
		t.Errorf("%d are kept, of %d bytes", c.kept.Len(), c.sum)
	}
}
