package collab

import (
	"strings"
	"unicode"

	"tandem/internal/english"
)

// fieldWords are the words for fields whose names do not say them.
var fieldWords = map[string]string{"email": "e-mail", "startsAt": "start", "endsAt": "end"}

// fieldWord returns the name of a field as people read it: "expected close" of expectedCloseDate. The end of a name that
// tells programs what the value is, a reference, a unit or a time, is left out.
func fieldWord(name string) string {
	if word, ok := fieldWords[name]; ok {
		return word
	}
	for _, end := range []string{"Id", "At", "Date", "Minor", "Seconds"} {
		name = strings.TrimSuffix(name, end)
	}
	if list, isList := strings.CutSuffix(name, "Ids"); isList {
		name = list + "s"
	}
	var word strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			word.WriteByte(' ')
		}
		word.WriteRune(unicode.ToLower(r))
	}
	return word.String()
}

// enumerateFields joins fields as people read them in a sentence.
func enumerateFields(names []string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = fieldWord(name)
	}
	return english.List(words)
}
