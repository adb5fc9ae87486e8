package servertest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An Answer is JSON that a client received: the data of a response, an event, or a part of one.
type Answer struct {
	t         testing.TB
	value     any    // as encoding/json decodes it
	path      string // where in the whole answer this part is
	request   string // for failures
	variables Object // of the request
}

// AnswerOf returns JSON that was decoded already as an answer.
func AnswerOf(t testing.TB, value any) Answer { return Answer{t: t, value: value} }

// Is checks the answer against expected JSON and returns what its holes captured, by name. Everything has to be equal:
// a field too many or too few is a difference, null is not absence, and 1 is not "1". These texts are holes:
//
//	"<id>"       an id that the server made, like cus_01k3v6c1qk9t0000000000000a
//	"<cursor>"   a position in a log
//	"<time>"     a time in RFC 3339
//	"<text>"     a text that is not empty
//	"<number>"   a number
//	"<any>"      any value, also null, but it has to be there
//	"<id:name>"  an id that is captured as name; another hole of that name has to have the same value. Every type of hole can have a name.
//	"$name"      the value of that name: a variable of the request, or one of values
func (a Answer) Is(want string, values ...Object) Object {
	a.t.Helper()
	var expected any
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		a.t.Fatalf("the expected JSON is malformed: %v in %s", err, want)
	}
	c := comparison{known: append([]Object{a.variables}, values...), captured: Object{}}
	c.compare(a.path, a.value, expected)
	if len(c.differences) > 0 {
		a.t.Errorf("the answer%s differs:\n\t%s\nin %s", a.request, strings.Join(c.differences, "\n\t"), encoded(a.value, "  "))
	}
	return c.captured
}

// At returns a part of the answer: "customers.nodes.0" is the first of the nodes of customers. A part that is not there
// fails the test.
func (a Answer) At(path string) Answer {
	a.t.Helper()
	for step := range strings.SplitSeq(path, ".") {
		part, found := child(a.value, step)
		a.path = joined(a.path, step)
		if !found {
			a.t.Fatalf("the answer%s has no %s, only %s", a.request, a.path, encoded(a.value, "  "))
		}
		a.value = part
	}
	return a
}

// Get returns the value of a part of the answer.
func (a Answer) Get(path string) any {
	a.t.Helper()
	return a.At(path).value
}

// Text returns a part of the answer that is a text.
func (a Answer) Text(path string) string {
	a.t.Helper()
	text, is := a.Get(path).(string)
	if !is {
		a.t.Fatalf("%s is not a text in %s", path, a)
	}
	return text
}

// Number returns a part of the answer that is a number.
func (a Answer) Number(path string) float64 {
	a.t.Helper()
	number, is := a.Get(path).(float64)
	if !is {
		a.t.Fatalf("%s is not a number in %s", path, a)
	}
	return number
}

// List returns the elements of a part of the answer that is a list.
func (a Answer) List(path string) (elements []Answer) {
	a.t.Helper()
	part := a.At(path)
	list, is := part.value.([]any)
	if !is {
		a.t.Fatalf("%s is not a list in %s", path, a)
	}
	for i := range list {
		elements = append(elements, part.At(strconv.Itoa(i)))
	}
	return elements
}

// Data returns the data of a response, which must not have errors.
func (a Answer) Data() Answer {
	a.t.Helper()
	if errors, _ := child(a.value, "errors"); errors != nil {
		a.t.Fatalf("the answer%s has errors: %s", a.request, a)
	}
	data := a.At("data")
	data.path = ""
	return data
}

// Code returns the code of the first error of a response, or of a list of errors.
func (a Answer) Code() string {
	a.t.Helper()
	if _, alone := a.value.([]any); alone {
		return a.Text("0.extensions.code")
	}
	return a.Text("errors.0.extensions.code")
}

// Object returns a part of the answer that is an object, for use in later requests.
func (a Answer) Object(path string) Object {
	a.t.Helper()
	object, is := a.Get(path).(Object)
	if !is {
		a.t.Fatalf("%s is not an object in %s", path, a)
	}
	return object
}

// Value returns the answer as encoding/json decodes it.
func (a Answer) Value() any { return a.value }

// Has reports whether an object has a field, whatever its value.
func (a Answer) Has(field string) bool {
	_, found := child(a.value, field)
	return found
}

// MarshalJSON makes an answer the JSON that it is where it is sent on.
func (a Answer) MarshalJSON() ([]byte, error) { return json.Marshal(a.value) }

// String returns the answer as JSON in one line.
func (a Answer) String() string {
	return encoded(a.value, "")
}

// child returns a field of an object or an element of a list.
func child(of any, step string) (any, bool) {
	switch of := of.(type) {
	case Object:
		part, found := of[step]
		return part, found
	case []any:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(of) {
			return of[i], true
		}
	}
	return nil, false
}

func joined(path, step string) string {
	if path == "" {
		return step
	}
	return path + "." + step
}

// encoded is a value as JSON, readable: a "<" stays as it is.
func encoded(value any, indent string) string {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// A comparison of an answer with expected JSON.
type comparison struct {
	known       []Object
	captured    Object
	exact       bool // every text stands for itself
	differences []string
}

func (c *comparison) differs(path, format string, args ...any) {
	if path == "" {
		path = "it"
	}
	c.differences = append(c.differences, path+": "+fmt.Sprintf(format, args...))
}

func (c *comparison) compare(path string, got, want any) {
	switch want := want.(type) {
	case Object:
		if got, is := got.(Object); is {
			c.compareObjects(path, got, want)
			return
		}
	case []any:
		if got, is := got.([]any); is {
			c.compareLists(path, got, want)
			return
		}
	case string:
		c.compareText(path, got, want)
		return
	default: // null, a boolean or a number, which can be compared
		if got == want {
			return
		}
	}
	c.differs(path, "got %s, want %s", compact(got), compact(want))
}

func (c *comparison) compareObjects(path string, got, want Object) {
	for _, field := range sortedFields(got, want) {
		g, has := got[field]
		w, wanted := want[field]
		switch at := joined(path, field); {
		case !has:
			c.differs(at, "is missing, want %s", compact(w))
		case !wanted:
			c.differs(at, "got %s, which is not expected", compact(g))
		default:
			c.compare(at, g, w)
		}
	}
}

func sortedFields(objects ...Object) (fields []string) {
	for _, o := range objects {
		for field := range o {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

func (c *comparison) compareLists(path string, got, want []any) {
	for i := range max(len(got), len(want)) {
		switch at := joined(path, strconv.Itoa(i)); {
		case i >= len(got):
			c.differs(at, "is missing, want %s", compact(want[i]))
		case i >= len(want):
			c.differs(at, "got %s, which is not expected", compact(got[i]))
		default:
			c.compare(at, got[i], want[i])
		}
	}
}

// holeForm is the form of a hole, with its type and perhaps a name.
var holeForm = regexp.MustCompile(`^<([a-z]+)(?::(\w+))?>$`)

func (c *comparison) compareText(path string, got any, want string) {
	name, isKnown := strings.CutPrefix(want, "$")
	hole := holeForm.FindStringSubmatch(want)
	switch {
	case c.exact || !isKnown && hole == nil:
		if got != any(want) {
			c.differs(path, "got %s, want %s", compact(got), compact(want))
		}
	case isKnown:
		c.compareKnown(path, got, name)
	default:
		c.fill(path, got, want, hole[1], hole[2])
	}
}

// fill checks what stands where a hole is, and captures it if the hole has a name.
func (c *comparison) fill(path string, got any, hole, kind, name string) {
	fits, known := holes[kind]
	switch {
	case !known:
		c.differs(path, "there are no holes of the type %s", kind)
	case !fits(got):
		c.differs(path, "got %s, want %s", compact(got), hole)
	}
	if before, again := c.captured[name]; again {
		c.compareExactly(path, got, before)
	} else if name != "" {
		c.captured[name] = got
	}
}

func (c *comparison) compareKnown(path string, got any, name string) {
	for _, values := range c.known {
		if value, known := values[name]; known {
			c.compareExactly(path, got, decoded(value))
			return
		}
	}
	c.differs(path, "no value is called %s", name)
}

// decoded returns a value as it is after it was sent as JSON.
func decoded(value any) (out any) {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return err
	}
	return out
}

// compareExactly compares with a value in which no text is a hole.
func (c *comparison) compareExactly(path string, got, want any) {
	exactly := comparison{exact: true}
	exactly.compare(path, got, want)
	c.differences = append(c.differences, exactly.differences...)
}

// holes are the types of holes, with what fits into them.
var holes = map[string]func(any) bool{
	"id":     textLike(`^[a-z]{3}_[0-9a-z]{26}$`),
	"cursor": textLike(`^[0-9a-f]{26}$`),
	"text":   textLike(`(?s).`),
	"time": func(value any) bool {
		text, _ := value.(string)
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	},
	"number": func(value any) bool { _, is := value.(float64); return is },
	"any":    func(any) bool { return true },
}

func textLike(form string) func(any) bool {
	matches := regexp.MustCompile(form)
	return func(value any) bool {
		text, is := value.(string)
		return is && matches.MatchString(text)
	}
}

// compact is a value as JSON, cut off where it is long.
func compact(value any) string {
	text := encoded(value, "")
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}
