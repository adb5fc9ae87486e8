package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An entity is a declared type of entities.
type entity struct {
	Name   string // SalesOrder
	Prefix string
	Doc    string
	Fields []*field
	Enums  []*enum // in the order of the fields
	all    []*entity
}

// An enum is a named string type with constants.
type enum struct {
	Name, Doc string
	Values    []enumValue
}

type enumValue struct{ Const, Name, Doc string }

// A field is a field of a document.
type field struct {
	Name, JSON, Type, Doc string
	tags                  map[string]string
	enum                  *enum
	of                    *entity
}

// A declared is what a package declares, as far as entities need it.
type declared struct {
	files    *token.FileSet
	structs  map[string]*ast.StructType
	enums    map[string]*enum
	docs     map[string]string
	methods  map[string]bool   // Meeting.checkTimes
	prefixes map[string]string // of ids, and whose they are
}

// read returns the entities that a package declares, by name.
func read(folder string) ([]*entity, error) {
	d, err := parse(folder)
	if err != nil {
		return nil, err
	}
	var entities []*entity
	for _, name := range slices.Sorted(maps.Keys(d.structs)) {
		s := d.structs[name]
		if len(s.Fields.List) != 2 || typeName(s.Fields.List[0].Type) != "Record" {
			continue
		}
		e := &entity{Name: name, Doc: meaning(d.docs[name])}
		if err := e.read(s, d); err != nil {
			return nil, err
		}
		entities = append(entities, e)
	}
	for _, e := range entities {
		e.all = entities
	}
	return entities, nil
}

func parse(folder string) (*declared, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	d := &declared{
		files: token.NewFileSet(), structs: map[string]*ast.StructType{}, enums: map[string]*enum{}, docs: map[string]string{},
		methods: map[string]bool{}, prefixes: map[string]string{},
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_gen.go") {
			continue
		}
		file, err := parser.ParseFile(d.files, path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.GenDecl:
				d.collect(decl)
			case *ast.FuncDecl:
				if decl.Recv != nil {
					d.methods[strings.TrimPrefix(typeName(decl.Recv.List[0].Type), "*")+"."+decl.Name.Name] = true
				}
			}
		}
	}
	return d, nil
}

// collect notes the structs, enums and prefixes of a declaration.
func (d *declared) collect(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			d.docs[s.Name.Name] = text(decl.Doc)
			if of, ok := s.Type.(*ast.StructType); ok {
				d.structs[s.Name.Name] = of
			}
			if typeName(s.Type) == "string" {
				d.enums[s.Name.Name] = &enum{Name: s.Name.Name, Doc: meaning(text(decl.Doc))}
			}
		case *ast.ValueSpec:
			if decl.Tok == token.CONST && len(s.Values) == 1 {
				d.constant(s)
			}
		}
	}
}

func (d *declared) constant(s *ast.ValueSpec) {
	literal, ok := s.Values[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return
	}
	value, _ := strconv.Unquote(literal.Value)
	if e := d.enums[typeName(s.Type)]; e != nil {
		e.Values = append(e.Values, enumValue{Const: s.Names[0].Name, Name: value, Doc: text(s.Doc)})
	}
	if of, is := strings.CutPrefix(s.Names[0].Name, "prefix"); is {
		d.prefixes[value] = of
	}
}

func (e *entity) read(record *ast.StructType, d *declared) error {
	at := func(node ast.Node, format string, args ...any) error {
		return fmt.Errorf("%s: %w", d.files.Position(node.Pos()), fmt.Errorf(format, args...))
	}
	e.Prefix = tagsOf(record.Fields.List[0])["prefix"]
	if len(e.Prefix) != 3 {
		return at(record, "the prefix of %s needs 3 letters, as in Record `entity:\"prefix=cus\"`", e.Name)
	}
	if of, taken := d.prefixes[e.Prefix]; taken {
		return at(record, "the prefix %q of %s is that of %s already", e.Prefix, e.Name, of)
	}
	d.prefixes[e.Prefix] = e.Name
	fields := d.structs[e.Name+"Fields"]
	if fields == nil {
		return at(record, "%s has no struct %[1]sFields", e.Name)
	}
	for _, f := range fields.Fields.List {
		if len(f.Names) != 1 {
			return at(f, "each field of %sFields needs a line and a name of its own", e.Name)
		}
		read := &field{
			Name: f.Names[0].Name, JSON: structTag(f).Get("json"), Type: typeName(f.Type), Doc: text(f.Doc), tags: tagsOf(f), of: e,
		}
		read.enum = d.enums[read.Type]
		if err := read.check(d); err != nil {
			return at(f, "%w", err)
		}
		if read.enum != nil && !read.Is("visibility") {
			e.Enums = append(e.Enums, read.enum)
		}
		e.Fields = append(e.Fields, read)
	}
	if err := e.check(); err != nil {
		return at(fields, "%w", err)
	}
	return nil
}

// structTag returns a field's tag.
func structTag(f *ast.Field) reflect.StructTag {
	if f.Tag == nil {
		return ""
	}
	return reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
}

// tagsOf returns the words of an entity tag.
func tagsOf(f *ast.Field) map[string]string {
	tags := map[string]string{}
	for word := range strings.SplitSeq(structTag(f).Get("entity"), ",") {
		if name, value, _ := strings.Cut(word, "="); name != "" {
			tags[name] = value
		}
	}
	return tags
}

// typeName writes a type as it stands in the code.
func typeName(of ast.Expr) string {
	switch of := of.(type) {
	case *ast.Ident:
		return of.Name
	case *ast.StarExpr:
		return "*" + typeName(of.X)
	case *ast.ArrayType:
		return "[]" + typeName(of.Elt)
	}
	return ""
}

func text(comment *ast.CommentGroup) string { return strings.Join(strings.Fields(comment.Text()), " ") }

var begins = regexp.MustCompile(`^(?:An? )?\w+ (?:is|are) (.)`)

// meaning turns "A Deal is a sale." into "A sale."
func meaning(doc string) string {
	if parts := begins.FindStringSubmatch(doc); parts != nil {
		return strings.ToUpper(parts[1]) + strings.TrimPrefix(doc, parts[0])
	}
	return doc
}
