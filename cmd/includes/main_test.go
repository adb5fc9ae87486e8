package main

import (
	"errors"
	"testing"
)

func TestBlocksGetTheirFiles(t *testing.T) {
	files := map[string]string{"a.ts": "let a = 1;\n", "b.ts": "let b = 2;\n"}
	read := func(name string) ([]byte, error) {
		if content, known := files[name]; known {
			return []byte(content), nil
		}
		return nil, errors.New("no file " + name)
	}
	text := "One:\n<!-- a.ts -->\n```ts\nold\n```\n```ts\nstays\n```\n<!-- b.ts -->\n```ts\n```\nend\n"
	want := "One:\n<!-- a.ts -->\n```ts\nlet a = 1;\n```\n```ts\nstays\n```\n<!-- b.ts -->\n```ts\nlet b = 2;\n```\nend\n"
	for _, before := range []string{text, want} {
		if got, err := fill(before, read); err != nil || got != want {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if _, err := fill("<!-- c.ts -->\n```ts\n```\n", read); err == nil {
		t.Error("a file that is missing must be an error")
	}
}
