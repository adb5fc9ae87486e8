package collab

import "reflect"

// recordSize is the approximate number of bytes of a change or an entity without its texts.
const recordSize = 1024

// Size is the approximate number of bytes of the change in memory, for bounds on caching and
// reading ahead.
func (c *Change) Size() int {
	size := recordSize + len(c.Metadata)
	for _, f := range c.Fields {
		size += len(f.OldValue) + len(f.NewValue)
	}
	if c.Snapshot != nil {
		size += recordSize + textSize(reflect.ValueOf(c.Snapshot.fields()).Elem())
		for _, f := range c.Fields {
			size += len(f.OldValue) // in the entity before the change
		}
	}
	return size
}

// textSize adds up the lengths of the texts in a document.
func textSize(value reflect.Value) (size int) {
	switch value.Kind() {
	case reflect.String:
		return value.Len()
	case reflect.Pointer:
		if !value.IsNil() {
			return textSize(value.Elem())
		}
	case reflect.Slice:
		for i := range value.Len() {
			size += textSize(value.Index(i))
		}
	case reflect.Struct:
		for i := range value.NumField() {
			size += textSize(value.Field(i))
		}
	}
	return size
}
