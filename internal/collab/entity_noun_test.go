package collab

import (
	"strings"
	"testing"
)

func TestNounsAreDistinct(t *testing.T) {
	t.Parallel()
	prefixes := map[string]bool{prefixComment: true, prefixConflict: true, prefixNotification: true, prefixActivity: true, prefixBatch: true}
	for _, n := range Nouns {
		if len(n.Prefix) != prefixLength || prefixes[n.Prefix] {
			t.Errorf("%s: its prefix %q is taken, or has not %d letters", n.Type, n.Prefix, prefixLength)
		}
		prefixes[n.Prefix] = true
		if strings.Trim(n.Prefix, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%s: its prefix %q has more than small letters", n.Type, n.Prefix)
		}
		if e := n.New(); typeOf(e) != n.Type || n.Type.noun() != n {
			t.Errorf("%s makes a %s", n.Type, typeOf(e))
		}
		fields, err := fieldsOf(n.New())
		if err != nil {
			t.Fatal(err)
		}
		for name := range n.Defaults {
			if fields[name] == nil {
				t.Errorf("%s: there is a default for %s, which is not a field", n.Type, name)
			}
		}
	}
}

func TestUnknownEntityTypesAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := DecodeEntity("ORDER", []byte(`{}`), Cursor{}); err == nil {
		t.Error("a snapshot of an unknown type was decoded")
	}
	if one := EntityType("SALES_ORDER").one() + ", " + EntityType("ORDER").one(); one != "a sales order, an order" {
		t.Errorf("in a sentence: %s", one)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown type is taken for a known one")
		}
	}()
	EntityType("ORDER").noun()
}
