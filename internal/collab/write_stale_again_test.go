package collab_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/seeded"
)

// An edit of a set that is sent again changes nothing; after others changed the set in between, it never changes the order.
func TestSetsSentAgain(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	r := seeded.New(t).Rand(0)
	for range 100 {
		c := o.customer(ada, collab.Patch{"name": "Acme", "tags": someTags(r)})
		tags, version := c.Tags, 1
		edit := func(v *collab.Viewer, base int, patch collab.Patch) (before []string) {
			before = tags
			saved := o.mustUpdate(v, c, base, patch).Entity.(*collab.Customer)
			tags, version = saved.Tags, saved.Version
			return before
		}
		others := func() {
			for range r.IntN(3) {
				edit(ada, version, collab.Patch{"tags": someTags(r)})
			}
		}
		others()
		patch := collab.Patch{"tags": someTags(r)}
		edit(ben, 1, patch)
		if before := edit(ben, 1, patch); !slices.Equal(before, tags) {
			t.Fatalf("%v became %v when %v was sent again", before, tags, patch["tags"])
		}
		others()
		if before := edit(ben, 1, patch); !inOrder(before, tags) {
			t.Fatalf("%v became %v when %v was sent later", before, tags, patch["tags"])
		}
	}
}

// inOrder reports whether the items that both lists have are in the same order.
func inOrder(one, other []string) bool {
	common := func(list, of []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(of, s) })
	}
	return slices.Equal(common(one, other), common(other, one))
}

func someTags(r *rand.Rand) []string {
	tags := []string{"a", "b", "c", "d"}
	r.Shuffle(len(tags), func(i, j int) { tags[i], tags[j] = tags[j], tags[i] })
	return tags[:r.IntN(len(tags))]
}
