package model

import "fmt"

func (v *event) String() string {
	return fmt.Sprintf("%s of %s v%d by %s (position %d, %s)", v.kind, v.entity.label, v.version, v.actor.id, v.position, v.cursor)
}

// tells returns what is wrong with the content of an event that a reader received: 5.4, 5.5, 12.
func (w *world) tells(s *session, v *event, told object) string {
	if s.field == "activity" {
		return w.activityTells(v, told)
	}
	switch {
	case told["kind"] != changeKinds[v.kind]:
		return fmt.Sprintf("kind %v", told["kind"])
	case told["version"] != float64(v.version) || told["fromVersion"] != float64(v.version-1):
		return fmt.Sprintf("version %v from %v", told["version"], told["fromVersion"])
	case told["entityId"] != v.entity.id:
		return fmt.Sprintf("entityId %v", told["entityId"])
	}
	if wrong := w.changesOf(told, v.before, v.state); wrong != "" {
		return wrong
	}
	return w.actorAndEntity(v, told)
}

// actorAndEntity checks who made a change, and the entity as it left it.
func (w *world) actorAndEntity(v *event, told object) string {
	if id := idOf(told["actor"]); id != v.actor.id && !(id == nil && v.actor.erased) {
		return fmt.Sprintf("actor %v", id)
	}
	if id := told["clientMutationId"]; !same(id, v.mutation) && !(id == nil && v.actor.erased) {
		return fmt.Sprintf("clientMutationId %v, want %v", id, v.mutation)
	}
	shown, _ := told[v.entity.one()].(object)
	if wrong := w.shows(v.entity.noun, shown, v.entity.id, v.version, v.state); wrong != "" {
		return "an entity that " + wrong
	}
	if (shown["deletedAt"] != nil) != (v.kind == deleted) {
		return fmt.Sprintf("deletedAt %v", shown["deletedAt"])
	}
	return ""
}

// changesOf checks the fields that changed between two states; before is empty for what is new.
func (w *world) changesOf(told object, before, after fields) string {
	listed := map[string]object{}
	entries, _ := told["changes"].([]any)
	for _, entry := range entries {
		change := entry.(object)
		name := change["field"].(string)
		if listed[name] != nil {
			return "the field " + name + " twice"
		}
		listed[name] = change
		if !same(change["oldValue"], before[name]) || !same(change["newValue"], after[name]) {
			return fmt.Sprintf("%s from %.40v to %.40v, want from %.40v to %.40v", name, change["oldValue"], change["newValue"], before[name], after[name])
		}
	}
	for name, value := range after {
		empty := value == nil || same(value, []any{})
		if was, there := before[name]; listed[name] == nil && !same(was, value) && (there || !empty) {
			return "no change of " + name
		}
	}
	return ""
}

func (w *world) activityTells(v *event, told object) string {
	for name, want := range map[string]any{"type": v.kind, "entityType": v.entity.kind(), "entityId": v.entity.id,
		"entityVersion": float64(v.version), "userId": v.actor.id} {
		if told[name] != want {
			return fmt.Sprintf("%s %v, want %v", name, told[name], want)
		}
	}
	if id := idOf(told["actor"]); id != v.actor.id && !(id == nil && v.actor.erased) {
		return fmt.Sprintf("actor %v", id)
	}
	if v.kind == created || v.kind == updated {
		return w.changesOf(told, v.before, v.state)
	}
	return ""
}
