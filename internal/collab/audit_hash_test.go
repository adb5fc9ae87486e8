package collab

import (
	"testing"
	"time"
)

// The encoding is written down in docs/decisions/0016-audit-trail.md, and these are
// its examples: a check by other means comes to the same.
func TestAuditDigests(t *testing.T) {
	t.Parallel()
	e := &AuditEntry{
		Number: 1, OccurredAt: At(time.Date(2026, 5, 4, 9, 30, 0, 123e6, time.UTC)), Action: AuditRoleChanged,
		ActorID: "ada", SubjectID: "dan", Position: 17,
		Origin:     Origin{Address: "203.0.113.9", Agent: "Mozilla/5.0", Client: "crm-web"},
		Details:    JSON(`{"new":"VIEWER","old":"MEMBER"}`),
		OriginSalt: "00112233445566778899aabbccddeeff", DetailsSalt: "ffeeddccbbaa99887766554433221100",
	}
	e.OriginDigest, e.DetailsDigest = e.digestOrigin(), e.digestDetails()
	for _, test := range []struct{ what, got, want string }{
		{"origin", e.OriginDigest, "f7d016b0c9a788e66f3c91e95816007f5944a3a955fd7a32fd33d8f51a1b2fa2"},
		{"details", e.DetailsDigest, "8a9fd2fb957989dce68bc8b7166744a44a755f585dfc819f17241c4e1fd88330"},
		{"row", e.digest("acme"), "06e79afc35752a0202bd07277138f9c9f254e98896ffab6e5a670db305f1ddfd"},
	} {
		if test.got != test.want {
			t.Errorf("the %s has the digest %s, want %s", test.what, test.got, test.want)
		}
	}
}

// The order of the parts of a row matters, and so do the places where one ends.
func TestAuditDigestIsUnambiguous(t *testing.T) {
	t.Parallel()
	if digest("ab", "c") == digest("a", "bc") || digest("a") == digest("a", "") {
		t.Error("two lists of texts are one input")
	}
	one, other := &AuditEntry{ActorID: "ada"}, &AuditEntry{SubjectID: "ada"}
	if one.digest("acme") == other.digest("acme") || one.digest("acme") == one.digest("other") {
		t.Error("two rows are one input")
	}
}

// Nothing reveals that two rows have equal values.
func TestAuditSalts(t *testing.T) {
	t.Parallel()
	alike := []*AuditEntry{{Origin: Origin{Address: "203.0.113.9"}}, {Origin: Origin{Address: "203.0.113.9"}}}
	SealAudit("acme", AuditEnd{}, 0, alike)
	if alike[0].OriginDigest == alike[1].OriginDigest || alike[0].DetailsDigest == alike[1].DetailsDigest {
		t.Error("equal values have equal digests")
	}
}
