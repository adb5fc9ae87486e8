package english

import "testing"

func TestIsolated(t *testing.T) {
	for text, want := range map[string]string{
		"Aalto Oy":    "Aalto Oy",
		"Ørsted 東京 7": "Ørsted 東京 7",
		"ليلى حداد":   "\u2068ليلى حداد\u2069",
		"Café שלום":   "\u2068Café שלום\u2069",
		"٢٠٢٦":        "\u2068٢٠٢٦\u2069", // digits of Arabic (AN)
		"۲۰۲۶":        "۲۰۲۶",             // digits of Persian, which have the order of European ones (EN)
		"":            "",

		"a\u2069 \u2066ליל\u2067ה\u2068": "\u2068a לילה\u2069",
		"\u2067Aalto\u2069 Oy":           "Aalto Oy",
	} {
		if got := Isolated(text); got != want {
			t.Errorf("Isolated(%q) = %q, expected %q", text, got, want)
		}
	}
}
