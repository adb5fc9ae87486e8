package collab

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The documents in testdata/merge are the rules, for people; see 1_fields.txt.
func TestMergeDocuments(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/merge/*.txt")
	if err != nil || len(names) < 7 {
		t.Fatalf("found %d documents: %v", len(names), err)
	}
	for _, name := range names {
		for _, doc := range readMergeDocuments(t, name) {
			t.Run(filepath.Base(name)+"/"+doc.title, func(t *testing.T) {
				t.Parallel()
				if got := doc.decide(t); got != doc.result {
					t.Errorf("line %d of %s:\n got %s\nwant %s", doc.line, name, got, doc.result)
				}
			})
		}
	}
}

// A mergeStep is an edit that was applied since the base version.
type mergeStep struct {
	who   ID
	patch Patch
}

// A mergeDocument is one document. Several stand in a file.
type mergeDocument struct {
	title  string
	line   int
	of     EntityType
	base   Patch // nil: unknown
	since  []mergeStep
	mine   Patch
	result string
}

func readMergeDocuments(t *testing.T, name string) []*mergeDocument {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var docs []*mergeDocument
	var doc *mergeDocument
	below := false // of the dashes
	for i, line := range strings.Split(string(text), "\n") {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "= "):
			doc = &mergeDocument{title: line[2:], line: i + 1, of: TypeCustomer}
			docs, below = append(docs, doc), false
		case strings.HasPrefix(line, "---"):
			below = true
		case below:
			doc.result = strings.TrimSpace(doc.result + "\n" + canonicalResult(t, key, value))
		case key == "of":
			doc.of = EntityType(strings.ToUpper(value))
		case key == "base" && value == "unknown":
		case key == "base":
			doc.base = parsePatch(t, value)
		case key == "theirs":
			doc.since = append(doc.since, mergeStep{"bob", parsePatch(t, value)})
		case key == "before":
			doc.since = append(doc.since, mergeStep{"ann", parsePatch(t, value)})
		case key == "mine":
			doc.mine = parsePatch(t, value)
		default:
			t.Fatalf("line %d of %s says nothing that is known: %s", i+1, name, line)
		}
	}
	return docs
}

func parsePatch(t *testing.T, text string) Patch {
	t.Helper()
	var patch Patch
	if err := json.Unmarshal([]byte(text), &patch); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return patch
}

// canonicalResult writes a line of a result as decide does.
func canonicalResult(t *testing.T, key, value string) string {
	t.Helper()
	if key == "applied" {
		value = string(mustJSON(t, parsePatch(t, value)))
	}
	if value == "" {
		return key
	}
	return key + ": " + value
}

// decide lets the domain decide, as a write of ann's does after others had
// written, and says what came of it in the words of the documents.
func (d *mergeDocument) decide(t *testing.T) string {
	t.Helper()
	st := d.state(t)
	patch, err := canonical(d.of, d.mine)
	if err != nil {
		t.Fatal(err)
	}
	op := &edit{
		entityType: d.of, entityID: st.Entity.Common().ID, bases: newBaseVersions(1, nil), patch: patch,
		now: At(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)),
	}
	before := mustFields(t, st.Entity)
	decision, err := op.decide(st)
	if got := mustFields(t, st.Entity); !maps.EqualFunc(before, got, equalValues) {
		t.Error("deciding modified the entity that it was given")
	}
	switch {
	case err != nil:
		return describeProblem(t, err)
	case decision.Change == nil:
		return "nothing"
	case decision.Conflict != nil:
		return d.describeConflict(t, st, patch, decision)
	}
	return d.describeApplied(t, st, decision.Change)
}

// state is what the store would read: the entity as others left it, as it was
// at the base, and what bob changed in between.
func (d *mergeDocument) state(t *testing.T) *State {
	t.Helper()
	ann := &User{ID: "ann", Name: "Ann"}
	st := &State{
		Actor: &Member{User: ann, Role: RoleMember}, Customer: &Customer{Record: Record{ID: "cus_1", Type: TypeCustomer}},
		Members: map[ID]*Member{"ann": {User: ann}, "bob": {User: &User{ID: "bob"}}, "cleo": {User: &User{ID: "cleo"}}},
	}
	base, _ := overlay(validEntity(d.of), mustCanonical(t, d.of, d.base))
	base.Common().Version = 1
	current := base
	for _, step := range d.since {
		next, err := overlay(current, mustCanonical(t, d.of, step.patch))
		if err != nil {
			t.Fatal(err)
		}
		nextVersion(next, step.who, At(time.Date(2026, 5, 4, 11, 0, 0, 0, time.UTC)))
		st.Since = append(st.Since, &Change{
			Type: ChangeUpdate, ActorID: step.who, OccurredAt: next.Common().UpdatedAt, EntityVersion: next.Common().Version,
			Fields: diff(mustFields(t, current), mustFields(t, next)),
		})
		current = next
	}
	st.Entity = current
	switch {
	case d.base == nil:
		st.Since = nil
	case len(d.since) > 0:
		st.Base = base
	}
	return st
}

func (d *mergeDocument) describeApplied(t *testing.T, st *State, change *Change) string {
	t.Helper()
	applied := make(Fields, len(change.Fields))
	for _, f := range change.Fields {
		applied[f.Field] = json.RawMessage(f.NewValue)
	}
	r := change.Snapshot.Common()
	if r.Version != st.Entity.Common().Version+1 || r.UpdatedBy != "ann" || change.EntityVersion != r.Version {
		t.Errorf("made version %d by %s after version %d", r.Version, r.UpdatedBy, st.Entity.Common().Version)
	}
	if merged := len(d.since) > 0; change.Merged != merged {
		t.Errorf("merged is %t", change.Merged)
	}
	want := mustFields(t, st.Entity)
	maps.Copy(want, applied)
	if got := mustFields(t, change.Snapshot); !maps.EqualFunc(got, want, equalValues) {
		t.Errorf("the snapshot is %s, and not what was there with the applied fields over it", mustJSON(t, got))
	}
	return "applied: " + string(mustJSON(t, applied))
}

func (d *mergeDocument) describeConflict(t *testing.T, st *State, patch Fields, decision *Decision) string {
	t.Helper()
	remote := mustFields(t, st.Entity)
	var names []string
	conflict := decision.Conflict
	for _, f := range conflict.Fields {
		names = append(names, f.Field)
		if !equalValues(json.RawMessage(f.Local), conflict.Patch[f.Field]) || !equalValues(json.RawMessage(f.Remote), remote[f.Field]) {
			t.Errorf("%s is in conflict between %s and %s", f.Field, f.Local, f.Remote)
		}
		changed := lastChange(st.Since, f.Field, "") != nil
		switch known := d.base != nil; {
		case known && !equalValues(json.RawMessage(f.Base), mustFields(t, st.Base)[f.Field]):
			t.Errorf("%s began as %s", f.Field, f.Base)
		case known && changed != (f.RemoteChangedByID != nil && f.RemoteChangedAt != nil):
			t.Errorf("%s was changed by %v", f.Field, f.RemoteChangedByID)
		case !known && (f.Base != nil || f.RemoteChangedByID != nil):
			t.Errorf("%s began as %s, which nobody can know", f.Field, f.Base)
		}
	}
	if decision.Change.Type != ChangeConflict || decision.Change.Snapshot != nil {
		t.Errorf("a conflict made a change of type %s", decision.Change.Type)
	}
	checkKept(t, st.Entity.noun(), conflict, patch, remote)
	return "conflict: " + strings.Join(names, ", ")
}

// checkKept checks that a conflict keeps of an edit what has to be decided or applied:
// the fields in conflict, and those that differ from what is there and was.
func checkKept(t *testing.T, n *Noun, conflict *Conflict, patch, remote Fields) {
	t.Helper()
	for name, value := range patch {
		kept, has := conflict.Patch[name]
		if has && !equalValues(kept, value) && n.nature(name) == "" || has && equalValues(value, remote[name]) {
			t.Errorf("of %s = %s the conflict keeps %s", name, value, kept)
		}
	}
	inConflict := func(name string) bool {
		return slices.ContainsFunc(conflict.Fields, func(f *FieldConflict) bool { return f.Field == name })
	}
	for name := range conflict.Patch {
		if _, edited := patch[name]; !edited && !inConflict(name) {
			t.Errorf("the conflict keeps %s, which is not in the edit", name)
		}
	}
}
