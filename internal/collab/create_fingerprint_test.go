package collab

import "testing"

// A create has the fingerprint of what was said in it, whether an instance knows more
// fields or not: those of which nothing was said are as they are without it.
func TestCreatesAreKnownByWhatWasSaid(t *testing.T) {
	t.Parallel()
	document := Fields{"name": []byte(`"Acme"`), "status": []byte(`"LEAD"`), "visibility": []byte(`"ORGANIZATION"`), "tags": []byte(`[]`), "phone": []byte(`null`), "email": []byte(`"a@example.com"`)}
	got, err := said(TypeCustomer, document)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["name"] == nil || got["email"] == nil {
		t.Errorf("said: %v", got)
	}
	for kind, defaults := range defaults {
		for _, document := range []Fields{{}, defaults} {
			if got, err := said(kind, document); err != nil || len(got) != 0 {
				t.Errorf("%s: said %v, %v", kind, got, err)
			}
		}
	}
}
