package main

import (
	"bytes"
	"os"
	"testing"
)

// The types in the documents are those of the schema.
func TestPossibleTypesAreThoseOfTheSchema(t *testing.T) {
	schema, err := os.Open("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	defer schema.Close()
	var written bytes.Buffer
	if err := write(schema, &written); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../../docs/possible-types.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, written.Bytes()) {
		t.Error("docs/possible-types.json is not what the schema says: run make generate")
	}
}
