package collab

import (
	"slices"
	"strings"
	"testing"
)

// Every text field obeys one rule, by its form.
func TestTextsAreOfOneRule(t *testing.T) {
	t.Parallel()
	words := []string{"email"}
	lines := map[EntityType][]string{
		TypeCustomer: {"name", "phone", "company", "tags"}, TypeCall: {"subject"}, TypeMeeting: {"title", "location"},
	}
	blocks := map[EntityType][]string{TypeCustomer: {"notes"}, TypeCall: {"outcome", "notes"}, TypeMeeting: {"agenda", "notes"}}
	for _, test := range []struct {
		text              string
		word, line, block bool // whether it is fine there
	}{
		{"a\u200bb", false, false, true},                       // zero-width space
		{"a\u00adb", false, false, true},                       // soft hyphen
		{"a\ufeffb", false, false, true},                       // byte order mark
		{"a\u202eb", false, false, true},                       // right-to-left override
		{"a\u2066b\u2069", false, false, true},                 // isolates
		{"a\u2060b", false, false, true},                       // word joiner
		{"a\u2028b", false, false, true},                       // line separator
		{"a\u2029b", false, false, true},                       // paragraph separator
		{"a\nb\tc\r\n", false, false, true},                    // line breaks
		{"a\u0085b", false, false, false},                      // next line, a control character
		{"a\x00b", false, false, false},                        //
		{"a\x7fb", false, false, false},                        //
		{"a\xffb", false, false, false},                        // no UTF-8
		{"a\u00a0b", false, true, true},                        // no-break space
		{"a b", false, true, true},                             //
		{"می\u200cخواهم", false, true, true},                   // non-joiner, as Persian needs it
		{"👩\u200d🚀", false, true, true},                        // joiner, in an emoji
		{"❤\ufe0f", false, true, true},                         // variation selector
		{"🏴\U000e0067\U000e0062\U000e007f", false, true, true}, // tags, in a flag
		{"\u05d0\u200f!", false, true, true},                   // mark of direction
		{"Żółć", true, true, true},                             //
		{"e\u0301", true, true, true},                          // decomposed
		{"a\u3164b", false, false, true},                       // Hangul filler
		{"a\u115fb", false, false, true},                       // Hangul lead filler
		{"a\uffa0b", false, false, true},                       // half-width Hangul filler
		{"a\u2800b", false, false, true},                       // blank Braille
		{"a\u034fb", false, false, true},                       // grapheme joiner
		{"a\u17b4b", false, false, true},                       // Khmer inherent vowel
		{"a\U000e0041\U000e007fb", false, false, true},         // tags of no flag
		{"\U0001F3F4\U000e0067b", false, false, true},          // tags of a flag that does not end
		{"a\ufe0fb", false, false, true},                       // selector of a letter with one form
		{"a\U000e0100b", false, false, true},                   // ideographic selector of another letter
		{"a\u200db", false, false, true},                       // joiner of letters with one form
		{"a\u200cb", false, false, true},                       // non-joiner of such
		{"a\u200eb", false, false, true},                       // mark of direction where none is needed
		{"क्\u200dष", false, true, true},                       // joiner, as Hindi needs it
		{"ශ්\u200dරී", false, true, true},                      // and Sinhala
		{"ه\u200d", false, true, true},                         // at the end of an Arabic letter
		{"葛\U000e0100", false, true, true},                     // form of an ideograph
		{"1\ufe0f\u20e3", false, true, true},                   // keycap
		{"❤\ufe0f\u200d🔥", false, true, true},                  // joiner after a selector
		{"👩🏽\u200d⚕\ufe0f", false, true, true},                 // and after a tone of skin
		{"🏴\u200d☠\ufe0f", false, true, true},                  //
		{"a\ufffeb", false, false, true},                       // a noncharacter
		{"a\ue000b", false, false, true},                       // for private use
		{"a\U0001d159b", false, false, true},                   // null notehead
		{"\u0601", true, true, true},                           // Arabic sign that shows, though a format character
		{"\ufffd", true, true, true},                           // a replacement character that somebody typed
	} {
		check := func(of EntityType, field string, fine bool, value any) {
			t.Helper()
			if got := !slices.Contains(violationsOf(t, of, Patch{field: value}), field); got != fine {
				t.Errorf("%q as %s: fine is %t", test.text, field, got)
			}
		}
		if strings.Contains(test.text, "\xff") { // JSON has none, so only the rule itself is asked
			if formBlock.wrong(test.text) == "" || formLine.wrong(test.text) == "" || formWord.wrong(test.text) == "" {
				t.Errorf("%q is fine", test.text)
			}
			continue
		}
		for _, field := range words {
			check(TypeCustomer, field, test.word, test.text+"@example.com")
		}
		for of, fields := range lines {
			for _, field := range fields {
				value := any(test.text)
				if field == "tags" {
					value = []string{test.text}
				}
				check(of, field, test.line, value)
			}
		}
		for of, fields := range blocks {
			for _, field := range fields {
				check(of, field, test.block, test.text)
			}
		}
		if got := (PresencePatch{fieldCurrentPage: test.text}).Check() == nil; got != test.line {
			t.Errorf("%q as %s: fine is %t", test.text, fieldCurrentPage, got)
		}
	}
}

// A text that shows nothing is blank, whatever it consists of.
func TestBlankTexts(t *testing.T) {
	t.Parallel()
	for text, blank := range map[string]bool{
		"": true, " \n": true, "\u00a0\u3000": true, "\u200d\u200c": true, "\u3164": true, "\u115f\u1160": true,
		"\u2800": true, "\ufe0f": true, "\u034f": true, "\U000e0067": true, "\u200e": true, "\u180e": true,
		"\U0001d159": true, "\ufffe": true, "\U0010ffff": true, "\ue000": true, "\U000f0000": true, "\U0001d159\ue000 ": true,
		"a": false, "\u200dक": false, "🦄": false, "\u0301": false, ".": false,
	} {
		if got := isBlank(text); got != blank {
			t.Errorf("%q: blank is %t", text, got)
		}
		if violations := violationsOf(t, TypeCustomer, Patch{"name": text}); (len(violations) > 0) != blank {
			t.Errorf("%q as a name: %v", text, violations)
		}
	}
}
