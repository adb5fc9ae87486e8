package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// A scene is an office in which ada and cem, who is an admin, write and ben reads.
type scene struct {
	*office
	ada, ben, cem *collab.Viewer
}

func openScene(t *testing.T) *scene {
	t.Helper()
	o := open(t)
	return &scene{o, o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleAdmin)}
}

// The texts of all kinds, of one change and of several, by one person and by two, as the inbox, pushes with content and digests
// show them. Each line has the title and the body.
func TestTextsOfNotifications(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		happens     func(s *scene)
		title, body string
	}{
		"a mention":                {func(s *scene) { s.mention(s.ada) }, "ada mentioned you", "Aalto Oy: Look"},
		"two mentions":             {func(s *scene) { s.mention(s.ada, s.ada) }, "ada mentioned you twice", "Aalto Oy: Look"},
		"mentions by two people":   {func(s *scene) { s.mention(s.cem, s.cem, s.ada) }, "ada and 1 other mentioned you 3 times", "Aalto Oy: Look"},
		"a mention in Arabic":      {func(s *scene) { s.comment(s.ada, s.aalto(nil), "@ben شكرا!", "ben") }, "ada mentioned you", "Aalto Oy: \u2068@ben شكرا!\u2069"},
		"a comment in Arabic":      {func(s *scene) { s.comment(s.ada, s.watched(), "شكرا!") }, "ada commented on Aalto Oy", "شكرا!"},
		"an edit and that comment": {func(s *scene) { s.comment(s.ada, s.edit(s.watched(), s.ada), "شكرا!") }, "ada made 2 changes to Aalto Oy", "phone; 1 comment: \u2068شكرا!\u2069"},
		"a comment":                {func(s *scene) { s.talk(s.ada) }, "ada commented on Aalto Oy", "Look"},
		"two comments":             {func(s *scene) { s.talk(s.ada, s.ada) }, "ada wrote 2 comments on Aalto Oy", "Look"},
		"comments by two people":   {func(s *scene) { s.talk(s.ada, s.cem) }, "cem and 1 other wrote 2 comments on Aalto Oy", "Look"},
		"a record":                 {func(s *scene) { s.handOver(s.ada) }, "ada made you the owner of a customer", "Aalto Oy"},
		"a record by two people":   {func(s *scene) { s.handOver(s.ada, s.cem) }, "cem and 1 other made you the owner of a customer", "Aalto Oy"},
		"20 records":               {func(s *scene) { s.makeAll(s.ada, 20, collab.Patch{"ownerId": "ben"}) }, "ada made you the owner of 20 customers", "Customer 1 and 19 others"},
		"an invitation":            {func(s *scene) { s.invite("ORGANIZATION") }, "ada invited you to a meeting", "Board"},
		"own edit in conflict":     {func(s *scene) { s.collide(s.ada, s.ben) }, "Your change conflicts with one by ada", "Aalto Oy: notes"},
		"own edits in conflict":    {func(s *scene) { s.collide(s.ada, s.ben, s.ben) }, "2 of your changes conflict with changes by ada", "Aalto Oy: notes and phone"},
		"other edit in conflict":   {func(s *scene) { s.collide(s.ben, s.ada) }, "A change by ada conflicts with yours", "Aalto Oy: notes"},
		"other edits in conflict":  {func(s *scene) { s.collide(s.ben, s.cem, s.ada) }, "2 changes by ada and 1 other conflict with yours", "Aalto Oy: notes and phone"},
		"a resolution":             {func(s *scene) { s.end(s.collide(s.ada, s.ben)) }, "cem resolved a conflict", "Aalto Oy: notes"},
		"two resolutions":          {func(s *scene) { s.end(s.collide(s.ada, s.ben, s.ben)) }, "cem resolved 2 conflicts", "Aalto Oy: notes and phone"},
		"a deletion":               {func(s *scene) { s.remove(s.aalto(collab.Patch{"ownerId": "ben"}), 1) }, "ada deleted a customer", "Aalto Oy"},
		"a grant to read":          {func(s *scene) { s.grant(s.secret(), collab.AccessRead) }, "ada gave you read access to a customer", "Aalto Oy"},
		"a grant to edit":          {func(s *scene) { s.grant(s.secret(), collab.AccessWrite) }, "ada gave you edit access to a customer", "Aalto Oy"},
		"a smaller grant":          {func(s *scene) { s.grant(s.secret(), collab.AccessWrite, collab.AccessRead) }, "ada removed your edit access to a customer", "Aalto Oy"},
		"a grant to an attendee":   {func(s *scene) { s.grant(s.invite("RESTRICTED"), collab.AccessRead) }, "ada gave you read access to a meeting you are invited to", "Board"},
		"a record is hidden":       {func(s *scene) { s.hide(s.watched()) }, "ada no longer shares a customer with you", "Only its creator, its owner, admins and people it is shared with can see it now."},
		"records are hidden":       {func(s *scene) { s.hide(s.watched(), s.watched()) }, "ada no longer shares 2 customers with you", "Only their creators, their owners, admins and people they are shared with can see them now."},
		"another role":             {func(s *scene) { s.promote(collab.RoleAdmin) }, "cem changed your role", "You became an admin."},
		"a smaller role":           {func(s *scene) { s.promote(collab.RoleViewer) }, "cem changed your role", "You became a viewer."},
		"an edit":                  {func(s *scene) { s.edit(s.watched(), s.ada) }, "ada changed 1 field of Aalto Oy", "phone"},
		"two edits":                {func(s *scene) { s.edit(s.watched(), s.ada, s.cem) }, "cem and 1 other changed 1 field of Aalto Oy", "phone"},
		"a watched comment":        {func(s *scene) { s.comment(s.ada, s.watched(), "Look") }, "ada commented on Aalto Oy", "Look"},
		"edits of many records":    {func(s *scene) { s.changeAll(s.ada, 1, collab.Patch{"phone": "1"}, s.watched(), s.watched()) }, "ada changed 2 customers", "Aalto Oy and 1 other"},
		"a deletion after an edit": {func(s *scene) { s.remove(s.edit(s.watched(), s.ada), 2) }, "ada deleted Aalto Oy", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openScene(t)
			tc.happens(s)
			deeply(t, "title and body", s.newest(s.join("ben", collab.RoleMember)), []string{tc.title, tc.body})
		})
	}
}

// aalto makes a customer, with further fields.
func (s *scene) aalto(fields collab.Patch) *collab.Customer {
	document := collab.Patch{"name": "Aalto Oy"}
	for field, value := range fields {
		document[field] = value
	}
	return s.customer(s.ada, document)
}

func (s *scene) watched() *collab.Customer {
	c := s.aalto(nil)
	s.watch(s.ben, c)
	return c
}

func (s *scene) mention(people ...*collab.Viewer) {
	c := s.aalto(nil)
	for _, v := range people {
		s.comment(v, c, "Look", "ben")
	}
}

func (s *scene) talk(people ...*collab.Viewer) {
	c := s.aalto(collab.Patch{"ownerId": "ben"})
	for _, v := range people {
		s.comment(v, c, "Look")
	}
}

// handOver has each of the people make ben the owner.
func (s *scene) handOver(people ...*collab.Viewer) {
	c, version := s.aalto(nil), 1
	for _, v := range people {
		s.mustUpdate(v, c, version, collab.Patch{"ownerId": "ben"})
		s.mustUpdate(s.cem, c, version+1, collab.Patch{"ownerId": "ada"})
		version += 2
	}
}

// invite makes a meeting that ben attends.
func (s *scene) invite(visibility string) collab.ID {
	s.t.Helper()
	saved, err := s.Create(s.ctx, s.ada, collab.Create{Type: collab.TypeMeeting, Document: collab.Patch{
		"title": "Board", "visibility": visibility, "attendeeIds": []any{"ben"},
		"startsAt": s.clock().Format(time.RFC3339), "endsAt": s.clock().Add(time.Hour).Format(time.RFC3339),
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return saved.Entity.Common().ID
}

// collide has the first person change a name and a phone, and the others change first the name and then the phone, too late.
func (s *scene) collide(first *collab.Viewer, others ...*collab.Viewer) (conflicts []*collab.Conflict) {
	s.t.Helper()
	c := s.aalto(nil)
	s.mustUpdate(first, c, 1, collab.Patch{"name": "Aalto Oy", "phone": "1", "notes": "new"})
	for i, v := range others {
		_, err := s.update(v, c, 1, []collab.Patch{{"notes": "old"}, {"phone": "2"}}[i])
		conflicts = append(conflicts, problem[*collab.Conflict](s.t, err))
	}
	return conflicts
}

func (s *scene) end(conflicts []*collab.Conflict) {
	s.t.Helper()
	for _, c := range conflicts {
		if err := s.resolve(s.cem, c, collab.ResolveRemote, nil); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *scene) remove(c *collab.Customer, version int) {
	s.t.Helper()
	if _, err := s.Delete(s.ctx, s.ada, collab.Delete{ID: c.ID, BaseVersion: version}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) secret() collab.ID { return s.aalto(collab.Patch{"visibility": "RESTRICTED"}).ID }

func (s *scene) grant(id collab.ID, levels ...collab.AccessLevel) {
	s.t.Helper()
	for _, level := range levels {
		if _, err := s.GrantAccess(s.ctx, s.ada, id, "ben", level); err != nil {
			s.t.Fatal(err)
		}
		s.readAll(s.join("ben", collab.RoleMember))
	}
}

func (s *scene) hide(customers ...*collab.Customer) {
	s.changeAll(s.ada, 1, collab.Patch{"visibility": "RESTRICTED"}, customers...)
}

func (s *scene) promote(role collab.Role) {
	s.t.Helper()
	if _, err := s.SetMemberRole(s.ctx, s.cem, "ben", role); err != nil {
		s.t.Fatal(err)
	}
}

// edit has each of the people change the phone.
func (s *scene) edit(c *collab.Customer, people ...*collab.Viewer) *collab.Customer {
	for i, v := range people {
		s.mustUpdate(v, c, i+1, collab.Patch{"phone": v.User.Name})
	}
	return c
}
