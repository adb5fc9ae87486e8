package model

import (
	"fmt"
	"slices"
	"time"
)

const notification = "id cursor kind entityId actor { id }"

// notifies returns the kind of the notification that a person surely gets of an event; "": none, or perhaps one. 11
func (v *event) notifies(p *person) string {
	if v.actor == p || v.actor.erased || p == nil {
		return ""
	}
	switch v.kind {
	case commented:
		if v.was.owner == p.id || v.was.creator == p.id {
			return "COMMENT"
		}
	case restored:
		if v.state["ownerId"] == p.id {
			return "WATCHED"
		}
	case deleted:
		invited, _ := v.before["attendeeIds"].([]any)
		if v.before["ownerId"] == p.id || slices.Contains(invited, any(p.id)) {
			return "ENTITY_DELETED"
		}
	}
	return ""
}

// mayNotify reports whether a person may get a notification of a kind of an event.
func (w *world) mayNotify(v *event, p *person, kind string) bool {
	switch {
	case v.actor == p: // 11.2
		return false
	case v.kind == commented && kind == "COMMENT" && w.commentedBefore(v, p):
		return true
	case v.kind == updated && (kind == "CONFLICT_RESOLVED" || kind == "WATCHED" && v.state["ownerId"] == p.id):
		return true
	case v.kind != created && v.kind != updated:
		return kind == v.notifies(p) || v.actor.erased
	case kind == "ASSIGNMENT":
		was, _ := v.before["attendeeIds"].([]any)
		is, _ := v.state["attendeeIds"].([]any)
		return v.state["ownerId"] == p.id && v.before["ownerId"] != p.id || slices.Contains(is, any(p.id)) && !slices.Contains(was, any(p.id))
	}
	return kind == "ACCESS_CHANGED" && !same(v.before["ownerId"], v.state["ownerId"]) || v.before["visibility"] != v.state["visibility"]
}

// commentedBefore reports whether a person commented on the entity of an event before it.
func (w *world) commentedBefore(v *event, p *person) bool {
	return slices.ContainsFunc(w.events[:v.index], func(u *event) bool {
		return u.kind == commented && u.entity == v.entity && u.actor == p
	})
}

// grows reports whether the notification of an event may have moved to a later one: 11.5.
func (w *world) grows(v *event, p *person) bool {
	kind := v.notifies(p)
	return slices.ContainsFunc(w.events[v.index+1:], func(u *event) bool {
		return u.entity == v.entity && w.mayNotify(u, p, kind)
	})
}

// receiveNotification checks one notification: it is about a change that concerns the person, and comes once.
func (w *world) receiveNotification(s *session, at time.Time, told object) {
	cursor, _ := told["cursor"].(string)
	kind, _ := told["kind"].(string)
	if cursor <= s.last {
		w.violates(s, nil, "was notified of %s at %s, after %s", kind, cursor, s.last)
	}
	for ; s.next < len(w.events) && w.events[s.next].cursor < cursor; s.next++ {
		if v := w.events[s.next]; s.started && w.must(s, v) && !w.grows(v, s.person) {
			w.violates(s, v, "was not notified of %v, and was of what is at %s", v, cursor)
		}
	}
	v := w.eventAt(cursor)
	switch {
	case v == nil && kind != "CONFLICT" && kind != "CONFLICT_RESOLVED" && kind != "ACCESS_CHANGED":
		w.violates(s, nil, "was notified of %s at %s, where nothing happened", kind, cursor)
	case v == nil:
	case !w.mayNotify(v, s.person, kind):
		w.violates(s, v, "was notified by %s of %v", kind, v)
	case v.notifies(s.person) != "" && !w.may(s, v, at):
		w.violates(s, v, "was notified of %v, which %s must not see", v, s.person.id)
	case idOf(told["actor"]) != v.actor.id && !(idOf(told["actor"]) == nil && v.actor.erased):
		w.violates(s, v, "was notified of %v with the actor %v", v, told["actor"])
	}
	if id := told["entityId"]; id != nil && !w.sawLately(s, id, at) {
		w.violates(s, nil, "was notified by %s of %v, which %s must not see", kind, id, s.person.id)
	}
	if s.last, s.started = cursor, true; v != nil {
		s.next = v.index + 1
	}
}

// sawLately reports whether a reader may have seen an entity, by what held when they began or later.
func (w *world) sawLately(s *session, id any, at time.Time) bool {
	return slices.ContainsFunc(w.entities, func(e *entity) bool {
		return e.id == id && slices.ContainsFunc(w.breaks(s.known, at), func(position int) bool {
			return e.access(position).sees(s.person, s.person.role(position))
		})
	})
}

// listNotifications has somebody read all their notifications, which are those that a subscription tells.
func (w *world) listNotifications(p *person, instance int) {
	s := &session{following: following{field: "notificationReceived", of: p}, person: p, instance: instance, after: w.begin, known: w.known(instance, time.Now())}
	s.begin(w)
	var all []object
	after := any(nil)
	for more := true; more; {
		began := time.Now()
		got, at := w.answerOf(p, instance, fmt.Sprintf(`query ($after: Cursor) { notifications(first: 100, after: $after) { nodes { %s } pageInfo { hasNextPage endCursor } } }`, notification),
			object{"after": after})
		if s.known = min(s.known, w.known(at, began)); got.Code != "" {
			w.violates(s, nil, "was answered %s %s", got.Code, got.Text)
		}
		page := got.Data["notifications"].(object)
		for _, node := range page["nodes"].([]any) {
			all = append(all, node.(object))
		}
		info := page["pageInfo"].(object)
		more, after = info["hasNextPage"] == true, info["endCursor"]
	}
	for _, told := range slices.Backward(all) {
		w.receiveNotification(s, time.Now(), told)
	}
	if lacks := w.lacks(s); lacks != "" {
		w.violates(s, nil, "does not have %s in their notifications", lacks)
	}
}
