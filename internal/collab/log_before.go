package collab

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// An earlier is the entity as it was before a change. It is made when a filter first asks for it, and all filters share it.
type earlier struct {
	once   sync.Once
	entity Entity
	err    error
}

// keepEarlier makes the change and its copies share the entity before it. Nobody else may have the change yet.
func (c *Change) keepEarlier() {
	if c.Snapshot != nil {
		c.earlier = new(earlier)
	}
}

// FollowAt notes when the version before was made, in a change that was read from the log; nil if that is unknown.
func (c *Change) FollowAt(prior *Time) {
	if c.Snapshot != nil {
		c.PriorUpdatedAt = prior
		c.keepEarlier()
	}
}

// before returns the entity as it was before the change, except for its version and the person who made it. Nobody may
// modify it.
func (c *Change) before() (Entity, error) {
	if c.earlier == nil {
		return c.makeBefore()
	}
	c.earlier.once.Do(func() { c.earlier.entity, c.earlier.err = c.makeBefore() })
	return c.earlier.entity, c.earlier.err
}

func (c *Change) makeBefore() (Entity, error) {
	fields := make(Fields, len(c.Fields))
	for _, f := range c.Fields {
		fields[f.Field] = json.RawMessage(f.OldValue)
	}
	before := copyWithout(c.Snapshot, fields)
	if err := setFields(before, fields); err != nil {
		return nil, err
	}
	r := before.Common()
	r.UpdatedAt = r.CreatedAt // at the earliest
	if c.PriorUpdatedAt != nil {
		r.UpdatedAt = *c.PriorUpdatedAt
	}
	switch c.Type {
	case ChangeDelete:
		r.DeletedAt = nil
	case ChangeRestore:
		r.DeletedAt = &r.UpdatedAt
	}
	return before, nil
}

// copyWithout returns a copy of an entity in which fields of its document are zero. It shares the values of the other
// fields.
func copyWithout(e Entity, fields Fields) Entity {
	copied := reflect.New(reflect.TypeOf(e).Elem())
	copied.Elem().Set(reflect.ValueOf(e).Elem())
	without := copied.Interface().(Entity)
	document := reflect.ValueOf(without.fields()).Elem()
	for i := range document.NumField() {
		name, _, _ := strings.Cut(document.Type().Field(i).Tag.Get("json"), ",")
		if _, is := fields[name]; is {
			document.Field(i).SetZero()
		}
	}
	return without
}
