package collab

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
)

// maxExport bounds a person's document, in bytes. It is in memory as a whole while
// it is answered; all else that an export reads is there record by record.
const maxExport = 64 << 20

// ExportPersonalData returns everything that is kept about a person as one JSON
// document, of one state; docs/personal-data.md has its shape. The error is
// Forbidden unless it is the viewer or the viewer is an admin, and BadInput for
// somebody who never was a member.
func (s *Service) ExportPersonalData(ctx context.Context, v *Viewer, userID ID) (JSON, error) {
	if v.User.ID != userID && !v.Role.AtLeast(RoleAdmin) {
		return nil, Errorf(Forbidden, "this needs the role ADMIN, or is for yourself; yours is %s", v.Role)
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
	e := &export{userID: userID}
	person := Viewer{User: member.User, Organization: v.Organization, Role: member.Role}
	asOf, err := s.store.Personal(ctx, person.OwnScope(), userID, e.visit)
	if err != nil {
		return nil, err
	}
	if err := s.exportAudit(ctx, v.Organization.ID, e); err != nil {
		return nil, err
	}
	if err := s.Audit(ctx, v, &AuditEntry{Action: AuditDataExported, SubjectID: userID}); err != nil {
		return nil, err
	}
	return e.document(exportHead{
		AsOf: asOf, ExportedAt: At(s.now()), OrganizationID: v.Organization.ID,
		Person: exportPerson{
			ID: userID, Name: member.User.Name, Email: member.User.Email, Picture: member.User.Avatar,
			Role: member.Role, Removed: member.Removed, Erased: member.User.Erased, PresenceHidden: member.PresenceHidden,
		},
		Presence: presence,
	})
}

// exportAudit writes what the audit trail has of the person, newest first.
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

// presenceOf is what a person shows now, in all rooms. A room of those who may not
// enter another one has that one's name.
func (s *Service) presenceOf(ctx context.Context, orgID, userID ID) ([]exportPresence, error) {
	shown := []exportPresence{}
	if s.Presences == nil {
		return shown, nil
	}
	rooms, err := s.Presences.Rooms(ctx, orgID, userID)
	if err != nil {
		return nil, err
	}
	for _, id := range rooms {
		present, err := s.Presences.Present(ctx, Room{OrgID: orgID, ID: id})
		if err != nil {
			return nil, err
		}
		for _, p := range present {
			if p.UserID == userID {
				shown = append(shown, exportPresence{Room: ID(strings.TrimPrefix(string(id), outside)), Presence: p})
			}
		}
	}
	return shown, nil
}

// export is a document on its way: the lists that are written so far, each as
// JSON values with a comma between them.
type export struct {
	userID ID
	size   int

	grants, entities, changes, comments, conflicts, notifications, caused, audit bytes.Buffer
}

// visit writes one record. What the person may not see has none of its values,
// but for what they wrote themselves.
func (e *export) visit(record PersonalRecord) error {
	switch {
	case record.Grant != nil:
		return e.add(&e.grants, record.Grant)
	case record.Entity != nil:
		return e.add(&e.entities, entityOf(record.Entity, e.userID, record.Hidden))
	case record.Change != nil:
		return e.add(&e.changes, changeOf(record.Change, e.userID, record.Hidden))
	case record.Comment != nil:
		return e.add(&e.comments, commentOf(record.Comment, e.userID, record.Hidden))
	case record.Conflict != nil:
		return e.add(&e.conflicts, conflictOf(record.Conflict, e.userID, record.Hidden))
	case record.Notification.UserID == e.userID:
		if record.Hidden {
			record.Notification.Body = ""
		}
		return e.add(&e.notifications, record.Notification)
	}
	n := record.Notification
	return e.add(&e.caused, exportCaused{ID: n.ID, Kind: n.Kind, Title: n.Title, CreatedAt: n.CreatedAt})
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

// document puts the lists behind the head.
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
		{"audit", &e.audit},
	} {
		out = append(out, `,"`+list.name+`":[`...)
		out = append(out, list.values.Bytes()...)
		out = append(out, ']')
	}
	return append(out, '}'), nil
}
