package english

import "testing"

func TestIsolated(t *testing.T) {
	for text, want := range map[string]string{
		"Aalto Oy":    "Aalto Oy",
		"Ørsted 東京 7": "Ørsted 東京 7",
		"ليلى حداد":   "\u2068ليلى حداد\u2069",
		"Café שלום":   "\u2068Café שלום\u2069",
		"":            "",
	} {
		if got := Isolated(text); got != want {
			t.Errorf("Isolated(%q) = %q, expected %q", text, got, want)
		}
	}
}
