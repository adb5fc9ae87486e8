package collab

import "testing"

// The fingerprint of a create covers only the fields that it sets, so that it does not depend on
// how many fields an instance knows: the other fields have their defaults.
func TestFingerprintOfCreate(t *testing.T) {
	t.Parallel()
	document := Fields{"name": []byte(`"Acme"`), "status": []byte(`"LEAD"`), "visibility": []byte(`"ORGANIZATION"`), "tags": []byte(`[]`), "phone": []byte(`null`), "email": []byte(`"a@example.com"`)}
	got, err := nonDefaults(TypeCustomer, document)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["name"] == nil || got["email"] == nil {
		t.Errorf("not the defaults: %v", got)
	}
	for _, noun := range Nouns {
		for _, document := range []Fields{{}, noun.Defaults} {
			if got, err := nonDefaults(noun.Type, document); err != nil || len(got) != 0 {
				t.Errorf("%s: %v, %v", noun.Type, got, err)
			}
		}
	}
}
