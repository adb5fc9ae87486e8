package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// otherNames are what other programs call a setting. Hosting platforms set PORT.
var otherNames = map[string]string{"PORT": "ADDR (host:port)", "JWT_SECRET": "AUTH_SECRET", "CORS_ORIGINS": "ALLOWED_ORIGINS"}

// A Name is a setting as --help lists it.
type Name struct{ Name, About string }

// Names returns all settings in the order of the struct.
func Names() []Name {
	var out []Name
	of := reflect.TypeFor[Settings]()
	for i := range of.NumField() {
		field := of.Field(i)
		name := field.Tag.Get("env")
		if name == "" {
			continue
		}
		about := field.Tag.Get("about")
		if value := field.Tag.Get("envDefault"); value != "" {
			about += " (" + value + ")"
		}
		out = append(out, Name{name, about})
	}
	return out
}

// unusedSettings explains the variables that have no effect although they are named like
// settings: names of other programs, and names that differ from a setting by a slip.
func unusedSettings(environment map[string]string) []string {
	known := make([]string, 0, 32)
	for _, setting := range Names() {
		known = append(known, setting.Name)
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		switch {
		case environment[name] == "" || slices.Contains(known, name):
		case otherNames[name] != "":
			out = append(out, fmt.Sprintf("%s has no effect: the setting is called %s", name, otherNames[name]))
		case slices.Contains(known, strings.TrimPrefix(name, "TANDEM_")):
			out = append(out, fmt.Sprintf("%s has no effect: settings have no prefix; did you mean %s?", name, strings.TrimPrefix(name, "TANDEM_")))
		default:
			if meant := meantSetting(name, known); meant != "" {
				out = append(out, fmt.Sprintf("%s has no effect: it is not a setting; did you mean %s?", name, meant))
			}
		}
	}
	return out
}

// meantSetting returns the setting whose name a variable's is closest to, or "" if none is
// close: up to one letter in four may differ.
func meantSetting(name string, known []string) string {
	name = strings.ToUpper(name)
	best, closest := "", len(name)
	for _, setting := range known {
		if d := editDistance(name, setting); d <= len(setting)/4 && d < closest {
			best, closest = setting, d
		}
	}
	return best
}

// editDistance returns how many bytes have to be inserted, removed or replaced to make b of
// a (Levenshtein's distance).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
