package model

import (
	"fmt"
	"slices"
)

// savedAs expects the entity as a new version with an event, or as it is if nothing changes.
func (w *world) savedAs(c call, kind string, state fields, mutation any, merged any) outcome {
	e := c.entity
	changes := kind != updated || len(differing(e.state(), state)) > 0
	version, cursor := e.version(), e.newest().cursor
	if changes {
		version++
	}
	return outcome{
		kind: "Saved", writes: changes,
		check: func(got object) string {
			switch shown, _ := got[e.one()].(object); {
			case merged != nil && got["merged"] != merged:
				return fmt.Sprintf("merged %v", merged)
			case !changes && got["cursor"] != cursor:
				return "with the cursor of its version"
			case got["clientMutationId"] != mutation:
				return "with its clientMutationId"
			default:
				return w.shows(e.noun, shown, e.id, version, state)
			}
		},
		apply: func(got object) {
			if changes {
				w.changed(&event{kind: kind, entity: e, actor: c.person, before: e.state(), state: state, mutation: mutation}, got["cursor"].(string))
			}
		},
	}
}

// changed appends an event that made a version, and the access that comes with it.
func (w *world) changed(v *event, cursor string) {
	v.cursor = cursor
	w.append(v)
	v.is = w.readdress(v.entity, func(a *access) {
		a.owner, a.restricted = v.state["ownerId"], v.state["visibility"] == "RESTRICTED"
	})
}

// create has somebody make an entity.
func (w *world) create(p *person, instance int, n *noun, restricted bool, given fields) *entity {
	input, mutation := with(fields{n.title: w.words()}, given), w.mutation()
	if restricted {
		input["visibility"] = "RESTRICTED"
	}
	switch n.name {
	case "Call":
		input["direction"] = one(w, []string{"INBOUND", "OUTBOUND"})
	case "Meeting":
		input["startsAt"], input["endsAt"] = n.begin["startsAt"], n.begin["endsAt"]
	case "Deal":
		input["amountMinor"], input["currency"] = n.begin["amountMinor"], n.begin["currency"]
	}
	e := &entity{noun: n, label: fmt.Sprintf("%s%d", n.one(), len(w.entities)+1), viewed: map[string]bool{}}
	state := with(n.begin, input)
	sent := with(input, fields{"clientMutationId": mutation})
	w.perform(call{
		person: p, instance: instance, what: "create " + e.label + " " + brief(input), shifts: restricted,
		document:  fmt.Sprintf(`mutation ($input: Create%[1]sInput!) { create%[1]s(input: $input) { __typename `+saved+` } }`, n.name, n.name, n.one(), n.name) + n.fragment(),
		variables: object{"input": sent},
		expect: func(s standing) []outcome {
			if !atLeast(s.role, member) {
				return []outcome{{kind: "AccessDenied"}}
			}
			return []outcome{{kind: "Saved",
				check: func(got object) string {
					shown, _ := got[n.one()].(object)
					if shown == nil {
						return "is null"
					}
					return w.shows(n, shown, shown["id"].(string), 1, state)
				},
				apply: func(got object) {
					e.id = got[n.one()].(object)["id"].(string)
					e.accesses = []access{{creator: p.id, owner: state["ownerId"], restricted: restricted, grants: map[string]string{}}}
					w.entities = append(w.entities, e)
					w.changed(&event{kind: created, entity: e, actor: p, before: fields{}, state: state, mutation: mutation}, got["cursor"].(string))
				},
			}}
		},
	})
	if e.id == "" {
		return nil
	}
	return e
}

// update has somebody edit an entity that they saw at a base version.
func (w *world) update(p *person, instance int, e *entity, base int, patch fields) {
	w.remember(w.updateQuietly(p, instance, e, base, patch, false))
}

func (w *world) updateQuietly(p *person, instance int, e *entity, base int, patch fields, quiet bool) (call, object) {
	c := w.edition(p, instance, e, base, patch)
	c.quiet = quiet
	return c, w.perform(c)
}

// edition makes an edit of an entity by somebody who saw it at a base version.
func (w *world) edition(p *person, instance int, e *entity, base int, patch fields) call {
	mutation, bases := w.mutation(), w.someBases(e, base, patch)
	c := call{
		person: p, entity: e, instance: instance, what: fmt.Sprintf("update %s v%d from v%d %v %s", e.label, e.version(), base, bases.byField, brief(patch)),
		document:  w.updating(e, "Update"+e.name+"Input!", "update"+e.name),
		variables: object{"input": object{"id": e.id, "baseVersion": base, "bases": bases.sent(), "clientMutationId": mutation, "patch": patch}},
		shifts:    touchesAccess(patch),
	}
	c.expect = func(s standing) []outcome {
		switch {
		case !s.sees(p, s.role):
			return []outcome{gone(false)}
		case e.deleted() && !s.edits(p, s.role):
			return []outcome{gone(true), {kind: "AccessDenied"}}
		case e.deleted():
			return []outcome{gone(true)}
		case !s.edits(p, s.role) || touchesAccess(patch) && !s.manages(p, s.role):
			return []outcome{{kind: "AccessDenied"}}
		case base < 1 || base > e.version():
			return []outcome{{kind: "InvalidInput"}}
		}
		m := e.merge(func(string) *person { return p }, bases, patch)
		if len(m.conflicting) > 0 {
			return []outcome{w.conflicts(c, nil, bases, m, nil)}
		}
		return []outcome{w.savedAs(c, updated, with(e.state(), m.applied), mutation, e.mergedSince(slices.Min(bases.versions())))}
	}
	return c
}

// mergedSince says what `merged` has to be: 8.4. It is nil where the document does not tell.
func (e *entity) mergedSince(base int) any {
	switch {
	case base == e.version():
		return false
	case len(differing(e.at(base), e.state())) > 0:
		return true
	}
	return nil
}

func touchesAccess(patch fields) bool {
	_, owner := patch["ownerId"]
	_, visibility := patch["visibility"]
	return owner || visibility
}

// gone expects EntityGone; who could see it is told when it was deleted.
func gone(was bool) outcome {
	return outcome{kind: "EntityGone", check: func(got object) string {
		if (got["deletedAt"] != nil) != was {
			return fmt.Sprintf("with deletedAt: %v", was)
		}
		return ""
	}}
}

// updating is the document of an edit or a resolution.
func (w *world) updating(e *entity, input, field string) string {
	return fmt.Sprintf(`mutation ($input: %s) { %s(input: $input) { __typename `+saved+`
		... on %[5]sConflict { id entityId baseVersion remoteVersion resolution conflictedFields { field base local remote parts { __typename ... on AgreedText { text } ... on ClashingText { base local remote } } }
			base { ...%[5]s } local { ...%[5]s } remote { ...%[5]s } }
		... on EntityGone { deletedAt } ... on InvalidInput { fields { field message } } } }`,
		input, field, e.name, e.one(), e.name) + e.fragment()
}
