// Package english has the rules of spelling by which the program makes words for people, and for names in the schema.
package english

import (
	"fmt"
	"strings"
)

const vowels = "aeiou"

// Plural returns the plural of a noun that forms it by the rules: calls, companies, addresses.
func Plural(noun string) string {
	for _, sibilant := range []string{"s", "x", "z", "ch", "sh"} {
		if strings.HasSuffix(noun, sibilant) {
			return noun + "es"
		}
	}
	if stem, isY := strings.CutSuffix(noun, "y"); isY && !strings.ContainsAny(stem[max(0, len(stem)-1):], vowels) {
		return stem + "ies"
	}
	return noun + "s"
}

// WithArticle returns a noun with the article that its first letter suggests: a call, an order.
func WithArticle(noun string) string {
	if noun != "" && strings.Contains(vowels, noun[:1]) {
		return "an " + noun
	}
	return "a " + noun
}

// Counted returns a number of things: 1 field, 2 fields.
func Counted(number int, noun string) string {
	if number == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(number, " ", Plural(noun))
}

// Times returns how often something happened, from the second time: twice, 3 times.
func Times(number int) string {
	if number == 2 {
		return "twice"
	}
	return fmt.Sprint(number, " times")
}

// List returns names as in a sentence: a, b and c.
func List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
