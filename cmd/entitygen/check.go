package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// known are the words of an entity tag, and the Go types that a field with one must have; "" is any.
var known = map[string]string{
	"title": "string", "line": "*string", "text": "*string", "email": "*string", "tags": "[]string", "currency": "*string",
	"owner": "*ID", "customer": "*ID", "people": "[]ID", "visibility": "Visibility", "status": "", "default": "",
	"starts": "Time *Time *Date", "filter": "Time *Time *Date", "amount": "*SafeInt", "search": "*string []string", "most": "*int *SafeInt []ID", "together": "", "whole": "", "merge": "*string []string []ID",
}

// needed are the tags one of which a field of a Go type needs, which say what its values may be.
// plain are the Go types that need none; an enum needs none either.
var (
	needed = map[string][]string{
		"string": {"title"}, "*string": {"line", "text", "email", "currency"}, "[]string": {"tags"},
		"*ID": {"owner", "customer"}, "[]ID": {"people"}, "Visibility": {"visibility"},
	}
	plain = []string{"Time", "*Time", "*Date", "*int", "*SafeInt"}
)

// fixed are the names of fields that access, filters and exports know by name, by their tags.
var fixed = map[string]string{"owner": "OwnerID", "customer": "CustomerID", "visibility": "Visibility", "tags": "Tags"}

// single are the tags that one field of a type has at most.
var single = []string{"title", "owner", "customer", "visibility", "status", "starts", "tags", "people", "amount"}

// check refuses a field that can't be generated, or would mean something else than its tags say.
func (f *field) check(d *declared) error {
	if f.Doc == "" || f.JSON == "" {
		return fmt.Errorf("%s needs a comment and a json name", f.Name)
	}
	if want := jsonName(f.Name); f.JSON != want {
		return fmt.Errorf("%s needs the json name %q, and has %q", f.Name, want, f.JSON)
	}
	for _, tag := range slices.Sorted(maps.Keys(f.tags)) {
		types, ok := known[tag]
		switch {
		case !ok:
			return fmt.Errorf("%s has the tag %q, which does not exist; the tags are %s", f.Name, tag, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case types != "" && !slices.Contains(strings.Fields(types), f.Type):
			return fmt.Errorf("%s is %s, and can't have the tag %q, which is for %s", f.Name, f.Type, tag, types)
		case fixed[tag] != "" && f.Name != fixed[tag]:
			return fmt.Errorf("the field with the tag %q has to be called %s, and is called %s", tag, fixed[tag], f.Name)
		}
	}
	if err := f.checkType(); err != nil {
		return err
	}
	if err := f.checkMerge(); err != nil {
		return err
	}
	if check := f.tags["together"]; f.Is("together") && !d.methods[f.of.Name+"."+check] {
		return fmt.Errorf("%s names the method %s, as in together=%[2]s, which %s does not have", f.Name, check, f.of.Name)
	}
	return nil
}

func (f *field) checkType() error {
	switch tags := needed[f.Type]; {
	case tags != nil && !slices.ContainsFunc(tags, f.Is):
		return fmt.Errorf("%s is %s, and needs one of the tags %s", f.Name, f.Type, strings.Join(tags, ", "))
	case tags != nil || slices.Contains(plain, f.Type):
	case f.enum == nil || len(f.enum.Values) == 0:
		return fmt.Errorf("%s is %s, which is neither an enum with constants nor one of %s",
			f.Name, f.Type, strings.Join(append(slices.Sorted(maps.Keys(needed)), plain...), ", "))
	}
	isEnum := f.enum != nil && !f.Is("visibility")
	switch {
	case f.Is("status") && !isEnum:
		return fmt.Errorf("%s is %s, and needs an enum for the tag \"status\"", f.Name, f.Type)
	case f.Is("people") && f.tags["most"] == "":
		return fmt.Errorf("%s needs the tag most=N, which bounds the number of people", f.Name)
	case f.Is("whole") && !f.Is("together"):
		return fmt.Errorf("%s has the tag \"whole\", and needs together=method too", f.Name)
	case isEnum && f.Is("default") && !slices.ContainsFunc(f.enum.Values, func(v enumValue) bool { return v.Name == f.tags["default"] }):
		return fmt.Errorf("%s has the default %q, which is not a value of %s", f.Name, f.tags["default"], f.Type)
	}
	return nil
}

// checkMerge refuses a nature that the field can't have.
func (f *field) checkMerge() error {
	isList := strings.HasPrefix(f.Type, "[]")
	switch nature := f.tags["merge"]; {
	case !f.Is("merge"):
	case nature != "set" && nature != "text":
		return fmt.Errorf("%s has the tag merge=%s; a field is merged as a set or as a text, or without the tag as a value", f.Name, nature)
	case nature == "set" && !isList, nature == "text" && !f.Is("text"):
		return fmt.Errorf("%s can't have the tag merge=%s: merge=set is for lists, and merge=text for fields with the tag \"text\"", f.Name, nature)
	case f.Is("together"):
		return fmt.Errorf("%s has the tags merge and together; fields that are valid only together are merged as a group", f.Name)
	}
	return nil
}

// check refuses a type that lacks a field, or has two where one can be.
func (e *entity) check() error {
	for _, tag := range []string{"title", "visibility", "owner"} {
		if e.With(tag) == nil {
			return fmt.Errorf("%s has no field with the tag %q", e.Name, tag)
		}
	}
	for _, tag := range single {
		var names []string
		for _, f := range e.Fields {
			if f.Is(tag) {
				names = append(names, f.Name)
			}
		}
		if len(names) > 1 {
			return fmt.Errorf("%s has the tag %q at %s; one field can have it", e.Name, tag, enumerate(names, "and"))
		}
	}
	return nil
}

// jsonName returns the name in documents of a field of Go: ownerId of OwnerID.
func jsonName(name string) string {
	if stem, is := strings.CutSuffix(name, "IDs"); is {
		name = stem + "Ids"
	} else if stem, is := strings.CutSuffix(name, "ID"); is {
		name = stem + "Id"
	}
	return strings.ToLower(name[:1]) + name[1:]
}
