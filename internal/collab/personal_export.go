package collab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxExport bounds a person's document, in bytes. The whole document is in memory while it is sent;
// everything else that an export reads is in memory one record at a time.
const maxExport = 64 << 20

// ExportPersonalData returns everything that is kept about a person as one JSON document, from one
// consistent state; docs/personal-data.md has its shape. The error is Forbidden unless the person
// is the viewer or the viewer is an admin, and BadInput for somebody who never was a member.
func (s *Service) ExportPersonalData(ctx context.Context, v *Viewer, userID ID) (JSON, error) {
	if v.User.ID != userID && !v.Role.AtLeast(RoleAdmin) {
		return nil, Errorf(Forbidden, "this needs the role ADMIN, except for your own data; yours is %s", v.Role)
	}
	_, member, err := s.store.Member(ctx, v.Organization.ID, userID)
	switch {
	case err != nil:
		return nil, err
	case member == nil:
		return nil, errNoMember()
	}
	presence, err := s.presenceOf(ctx, v.Organization.ID, userID)
	if err != nil {
		return nil, err
	}
	preferences, err := s.preferencesOf(ctx, v.Organization.ID, userID)
	if err != nil {
		return nil, err
	}
	e := &export{userID: userID}
	person := Viewer{User: member.User, Organization: v.Organization, Role: member.Role}
	asOf, err := s.store.Personal(ctx, person.OwnScope(), userID, e.visit)
	if err != nil {
		return nil, err
	}
	if err := s.exportAudit(ctx, v.Organization.ID, e); err != nil {
		return nil, err
	}
	if err := s.Audit(ctx, v, AuditEntry{Action: AuditDataExported, SubjectID: userID}); err != nil {
		return nil, err
	}
	return e.document(exportHead{
		AsOf: asOf, ExportedAt: At(s.now()), OrganizationID: v.Organization.ID,
		Person: exportPerson{
			ID: userID, Name: member.User.Name, Email: member.User.Email, Picture: member.User.Avatar,
			Role: member.Role, Removed: member.Removed, Erased: member.User.Erased, PresenceHidden: member.PresenceHidden,
		},
		Presence: presence, Preferences: preferences,
	})
}

// exportAudit writes the audit entries about the person, newest first.
func (s *Service) exportAudit(ctx context.Context, orgID ID, e *export) error {
	query := AuditQuery{UserID: e.userID, Limit: auditPage}
	for {
		entries, err := s.store.AuditTrail(ctx, orgID, query)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := e.add(&e.audit, auditOf(entry, e.userID)); err != nil {
				return err
			}
			query.Before = entry.Number
		}
		if len(entries) < auditPage {
			return nil
		}
	}
}

// preferencesOf returns what a person chose to be told.
func (s *Service) preferencesOf(ctx context.Context, orgID, userID ID) (exportPreferences, error) {
	found, err := s.store.NotificationPreferences(ctx, orgID, []ID{userID})
	if err != nil {
		return exportPreferences{}, err
	}
	mutes, err := s.store.Mutes(ctx, orgID, userID, nil, At(s.now()))
	p := found[userID]
	out := exportPreferences{Channels: p.Chosen, QuietHours: p.QuietHours, TimeZone: p.TimeZone, Digest: p.Digest, RefusedEmail: p.RefusedEmail, Muted: []exportMute{}}
	for _, id := range slices.Sorted(maps.Keys(mutes)) {
		out.Muted = append(out.Muted, exportMute{EntityID: id, Until: mutes[id].Until})
	}
	return out, err
}

// presenceOf returns what a person shows now, in all rooms. A separate room for people who may not
// enter another one has the name of that room.
func (s *Service) presenceOf(ctx context.Context, orgID, userID ID) ([]exportPresence, error) {
	shown := []exportPresence{}
	if s.presences == nil {
		return shown, nil
	}
	rooms, err := s.presences.Rooms(ctx, orgID, userID)
	rooms = slices.DeleteFunc(rooms, isOwnRoom)
	if err != nil {
		return nil, err
	}
	for _, id := range rooms {
		present, err := s.presences.Present(ctx, Room{OrgID: orgID, ID: id})
		if err != nil {
			return nil, err
		}
		for _, p := range present {
			if p.UserID == userID {
				shown = append(shown, exportPresence{Room: ID(strings.TrimPrefix(string(id), hiddenRoomPrefix)), Presence: p})
			}
		}
	}
	return shown, nil
}

// export is a document in the making: the lists written so far, each as JSON values separated by
// commas.
type export struct {
	userID ID
	size   int

	grants, entities, changes, comments, conflicts, notifications, caused, watches, subscriptions, audit bytes.Buffer
}

// visit writes one record. A record that the person may not see has no values except those that
// they wrote themselves.
func (e *export) visit(record PersonalRecord, hidden bool) error {
	switch record := record.(type) {
	case *Grant:
		return e.add(&e.grants, record)
	case Entity:
		return e.add(&e.entities, entityOf(record, e.userID, hidden))
	case *Change:
		return e.add(&e.changes, changeOf(record, e.userID, hidden))
	case *Comment:
		return e.add(&e.comments, commentOf(record, e.userID, hidden))
	case *Conflict:
		return e.add(&e.conflicts, conflictOf(record, e.userID, hidden))
	case *Notification:
		return e.visitNotification(record, hidden)
	case *PushSubscription:
		return e.add(&e.subscriptions, record)
	case *Watch:
		return e.add(&e.watches, record)
	}
	return fmt.Errorf("an export has no place for a %T", record)
}

func (e *export) visitNotification(n *Notification, hidden bool) error {
	if hidden {
		n.Title, n.Body = "", "" // both may name the entity
	}
	if n.UserID != e.userID {
		return e.add(&e.caused, exportCaused{ID: n.ID, Kind: n.Kind, Title: n.Title, CreatedAt: n.CreatedAt})
	}
	if n.Burst != nil {
		n.Burst.Records, n.Burst.Nameless = nil, nil // the person may not see some of the records, and has the text already
	}
	return e.add(&e.notifications, n)
}

func (e *export) add(list *bytes.Buffer, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if e.size += len(encoded); e.size > maxExport {
		return Errorf(LimitExceeded, "there is more about this person than one answer can have (%d MiB); ask the operator of the server", maxExport>>20)
	}
	if list.Len() > 0 {
		list.WriteByte(',')
	}
	list.Write(encoded)
	return nil
}

// document returns the head followed by the lists.
func (e *export) document(head exportHead) (JSON, error) {
	out, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	out = out[:len(out)-1] // the lists come before the last brace
	for _, list := range []struct {
		name   string
		values *bytes.Buffer
	}{
		{"grants", &e.grants},
		{"entities", &e.entities},
		{"log", &e.changes},
		{"comments", &e.comments},
		{"conflicts", &e.conflicts},
		{"notifications", &e.notifications},
		{"notificationsToOthers", &e.caused},
		{"pushSubscriptions", &e.subscriptions},
		{"watches", &e.watches},
		{"audit", &e.audit},
	} {
		out = append(out, `,"`+list.name+`":[`...)
		out = append(out, list.values.Bytes()...)
		out = append(out, ']')
	}
	return append(out, '}'), nil
}
