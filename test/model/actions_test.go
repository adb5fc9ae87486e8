package model

import (
	"fmt"
	"slices"
	"time"
)

// remove has somebody delete an entity that they saw at a base version: 10.1.
func (w *world) remove(p *person, instance int, e *entity, base int) {
	w.perform(w.removal(p, instance, e, base))
}

func (w *world) removal(p *person, instance int, e *entity, base int) call {
	mutation := w.mutation()
	c := call{
		person: p, entity: e, instance: instance, what: fmt.Sprintf("delete %s v%d from v%d", e.label, e.version(), base),
		document: `mutation ($input: DeleteEntityInput!) { deleteEntity(input: $input) { __typename ... on EntityDeleted { version cursor }
			... on Conflict { conflictedFields { field } } ... on EntityGone { deletedAt } ... on InvalidInput { fields { field message } } } }`,
		variables: object{"input": object{"id": e.id, "baseVersion": base, "clientMutationId": mutation}},
	}
	c.expect = func(s standing) []outcome {
		switch {
		case !s.sees(p, s.role):
			return []outcome{gone(false)}
		case e.deleted():
			return []outcome{gone(true), {kind: "AccessDenied"}}
		case !s.manages(p, s.role):
			return []outcome{{kind: "AccessDenied"}}
		}
		if len(e.keptFrom(p, base)) > 0 {
			return []outcome{{kind: "Conflict"}}
		}
		return []outcome{{kind: "EntityDeleted", writes: true, apply: func(got object) {
			w.changed(&event{kind: deleted, entity: e, actor: p, before: e.state(), state: e.state(), mutation: mutation}, got["cursor"].(string))
		}}}
	}
	return c
}

// restore has somebody bring an entity back: 10.3.
func (w *world) restore(p *person, instance int, e *entity) {
	mutation := w.mutation()
	c := call{
		person: p, entity: e, instance: instance, what: "restore " + e.label,
		document: fmt.Sprintf(`mutation ($input: RestoreEntityInput!) { restoreEntity(input: $input) { __typename `+saved+` ... on EntityGone { deletedAt } } }`,
			e.name, e.one(), e.name) + e.fragment(),
		variables: object{"input": object{"id": e.id, "clientMutationId": mutation}},
	}
	c.expect = func(s standing) []outcome {
		switch {
		case !s.sees(p, s.role):
			return []outcome{gone(false)}
		case !s.manages(p, s.role):
			return []outcome{{kind: "AccessDenied"}}
		case !e.deleted():
			return []outcome{w.savedAs(c, updated, e.state(), mutation, nil)}
		}
		return []outcome{w.savedAs(c, restored, e.state(), mutation, nil)}
	}
	w.perform(c)
}

// comment has somebody say something about an entity.
func (w *world) comment(p *person, instance int, e *entity) {
	mutation, body := w.mutation(), w.words()
	w.perform(call{
		person: p, entity: e, instance: instance, what: "comment on " + e.label,
		document: `mutation ($input: AddCommentInput!) { addComment(input: $input) { __typename ... on CommentAdded { cursor comment { id body } }
			... on EntityGone { deletedAt } ... on InvalidInput { fields { field message } } } }`,
		variables: object{"input": object{"entityId": e.id, "body": body, "clientMutationId": mutation}},
		expect: func(s standing) []outcome {
			switch {
			case !s.sees(p, s.role):
				return []outcome{gone(false)}
			case e.deleted():
				return []outcome{gone(true), {kind: "AccessDenied"}}
			case !s.edits(p, s.role):
				return []outcome{{kind: "AccessDenied"}}
			}
			return []outcome{{kind: "CommentAdded", apply: func(got object) {
				w.append(&event{kind: commented, entity: e, actor: p, body: body, comment: got["comment"].(object)["id"].(string), cursor: got["cursor"].(string)})
			}}}
		},
	})
}

// view has somebody look at an entity. Its answer has no cursor, so that the log is asked for it.
func (w *world) view(p *person, instance int, e *entity) {
	notes := func(object) {
		if !e.viewed[p.id] {
			e.viewed[p.id] = true
			w.append(&event{kind: viewed, entity: e, actor: p, cursor: w.newestCursor()})
		}
	}
	w.perform(call{
		person: p, entity: e, instance: instance, what: "view " + e.label,
		document:  `mutation ($id: ID!) { recordView(entityId: $id) }`,
		variables: object{"id": e.id},
		expect: func(s standing) []outcome {
			switch {
			case !s.sees(p, s.role) || e.deleted() || e.viewed[p.id]:
				return []outcome{{kind: "false"}}
			case w.repeated:
				return []outcome{{kind: "true", apply: notes}, {kind: "false", apply: notes}}
			}
			return []outcome{{kind: "true", apply: notes}}
		},
	})
}

// newestCursor returns the cursor of the newest activity.
func (w *world) newestCursor() string {
	got := w.query(w.root, w.pick(), `{ activity(first: 1) { nodes { cursor } } }`, nil)
	return got.Data["activity"].(object)["nodes"].([]any)[0].(object)["cursor"].(string)
}

// grant has somebody let a member see an entity.
func (w *world) grant(p *person, instance int, e *entity, to *person, level string) {
	w.share(p, instance, e, to, level, `mutation ($id: ID!, $to: ID!, $level: AccessLevel!) { grantAccess(entityId: $id, userId: $to, level: $level) }`)
}

// revoke has somebody take a grant back.
func (w *world) revoke(p *person, instance int, e *entity, from *person) {
	w.share(p, instance, e, from, "", `mutation ($id: ID!, $to: ID!) { revokeAccess(entityId: $id, userId: $to) }`)
}

func (w *world) share(p *person, instance int, e *entity, with *person, level, document string) {
	variables := object{"id": e.id, "to": with.id}
	if level != "" {
		variables["level"] = level
	}
	w.perform(call{
		person: p, entity: e, instance: instance, what: fmt.Sprintf("give %s access %q to %s", with.id, level, e.label),
		document: document, variables: variables, shifts: true,
		expect: func(s standing) []outcome {
			switch {
			case !s.sees(p, s.role) || e.deleted():
				return []outcome{{kind: "BAD_USER_INPUT"}, {kind: "FORBIDDEN"}}
			case !s.manages(p, s.role):
				return []outcome{{kind: "FORBIDDEN"}}
			case with.now() == removed:
				return []outcome{{kind: "BAD_USER_INPUT"}}
			}
			apply := func(object) {
				if e.current().grants[with.id] == level {
					return
				}
				w.position++
				w.readdress(e, func(a *access) {
					if a.grants[with.id] = level; level == "" {
						delete(a.grants, with.id)
					}
				})
			}
			does := e.current().grants[with.id] != level
			outcomes := []outcome{{kind: fmt.Sprint(does), apply: apply}}
			if does && w.repeated {
				outcomes = append(outcomes, outcome{kind: "false", apply: apply})
			}
			return outcomes
		},
	})
}

// setRole has somebody give a member another role, or bring one back.
func (w *world) setRole(p *person, instance int, of *person, role string) {
	w.perform(call{
		person: p, instance: instance, what: fmt.Sprintf("make %s %s", of.id, role), shifts: true,
		document:  `mutation ($id: ID!, $role: Role!) { setMemberRole(userId: $id, role: $role) { __typename role } }`,
		variables: object{"id": of.id, "role": role},
		expect: func(s standing) []outcome {
			switch {
			case s.role != admin:
				return []outcome{{kind: "FORBIDDEN"}}
			case of.erased:
				return []outcome{{kind: "BAD_USER_INPUT"}}
			}
			return []outcome{{kind: "Member", apply: func(object) { w.assign(of, role) }}}
		},
	})
}

// removeMember has somebody take a member out of the organization.
func (w *world) removeMember(p *person, instance int, whom *person) {
	w.perform(call{
		person: p, instance: instance, what: "remove " + whom.id, shifts: true,
		document: `mutation ($id: ID!) { removeMember(userId: $id) }`, variables: object{"id": whom.id},
		expect: func(s standing) []outcome {
			apply := func(object) { w.assign(whom, removed) }
			switch {
			case s.role != admin:
				return []outcome{{kind: "FORBIDDEN"}}
			case whom.now() == removed:
				return []outcome{{kind: "false"}}
			case w.repeated:
				return []outcome{{kind: "true", apply: apply}, {kind: "false", apply: apply}}
			}
			return []outcome{{kind: "true", apply: apply}}
		},
	})
}

func (w *world) assign(p *person, role string) {
	if p.now() != role {
		w.position++
		p.roles = append(p.roles, roleAt{w.position, role})
		if role == removed {
			w.expelled(p)
		}
		w.note(nil, p, "%s is %s now", p.id, role)
	}
}

// erase takes a person out of everything kept.
func (w *world) erase(whom *person) {
	began := time.Now()
	got, instance := w.answerOf(w.root, w.pick(), `mutation ($id: ID!) { erasePersonalData(userId: $id) }`, object{"id": whom.id})
	w.note(nil, whom, "%s is erased: %v", whom.id, got.Data)
	if got.Code != "" {
		w.fail(nil, whom, "the erasure of %s was answered %s: %s", whom.id, got.Code, got.Text)
	}
	w.forget(whom)
	w.shifted(instance, began)
}

// forget notes that a person was erased: their grants go, and what they did was done by nobody.
func (w *world) forget(p *person) {
	w.assign(p, removed)
	p.erased = true
	for _, e := range w.entities {
		if e.current().grants[p.id] != "" {
			w.readdress(e, func(a *access) { delete(a.grants, p.id) })
		}
	}
	w.answered = slices.DeleteFunc(w.answered, func(r repeatable) bool { return r.person == p })
}
