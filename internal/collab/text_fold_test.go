package collab_test

import (
	"testing"
	"unicode"

	"tandem/internal/collab"
)

func TestFoldText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                   "",
		"Acme GmbH":          "acme gmbh",
		"Jose\u0301":         "jos\u00e9",
		"JOS\u00c9":          "jos\u00e9",
		"ΟΔΥΣΣΕΥΣ":           "οδυσσευσ",
		"οδυσσευς":           "οδυσσευσ",
		"Straße":             "strasse",
		"STRASSE":            "strasse",
		"\ufb01nance":        "finance",
		"\u1e9e":             "ss",
		"İstanbul":           "i\u0307stanbul",
		"ısparta":            "ısparta",
		"\u212bngström":      "\u00e5ngström",
		"q\u0323\u0307":      "q\u0323\u0307",
		"q\u0307\u0323":      "q\u0323\u0307",
		"\u1100\u1161":       "\uac00",
		"\u0390":             "\u0390",
		"\u1fd3":             "\u0390",
		"\uab70":             "\u13a0",
		"日本語 👩‍👩‍👧":          "日本語 👩‍👩‍👧",
		"50% _ \\ ' \"\n":    "50% _ \\ ' \"\n",
		"\u01c4 \u01c5":      "\u01c6 \u01c6",
		"\u03b1\u0345\u0301": "\u03ac\u03b9",
	} {
		if got := collab.FoldText(text); got != want {
			t.Errorf("%q folds to %q, and should to %q", text, got, want)
		}
	}
}

// Letters that differ only in case have one form, in every script.
func TestFoldTextOfEveryLetter(t *testing.T) {
	t.Parallel()
	for letter := range rune(0x20000) {
		folded := collab.FoldText(string(letter))
		if again := collab.FoldText(folded); again != folded {
			t.Errorf("%U folds to %q, and that to %q", letter, folded, again)
		}
		if other := unicode.SimpleFold(letter); collab.FoldText(string(other)) != folded {
			t.Errorf("%U folds to %q, and %U to %q", letter, folded, other, collab.FoldText(string(other)))
		}
	}
}

func FuzzFoldText(f *testing.F) {
	f.Add("Jose\u0301 ΟΔΥΣΣΕΥΣ Straße \ufb01")
	f.Fuzz(func(t *testing.T, text string) {
		if once := collab.FoldText(text); collab.FoldText(once) != once {
			t.Errorf("%q folds to %q, and that to %q", text, once, collab.FoldText(once))
		}
	})
}
