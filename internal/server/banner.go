package server

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"tandem/internal/config"
	"tandem/internal/httpd"
)

// A summary is what an operator wants to see of an instance that starts.
type summary []struct{ name, value string }

// summarize describes the settings in force, without passwords and secrets. It is made before
// the database is opened, so that it can say whether a file is new.
func summarize(s config.Settings) summary {
	rows := summary{
		{"version", Version()},
		{"database", databasePlace(s)},
		{"redis", redisPlace(s)},
		{"sign-in", signInWays(s)},
		{"limits", limitsInForce(s)},
	}
	if s.NATSURL != "" {
		rows = slices.Insert(rows, 3, summary{{"nats", natsSettings(s).Place()}}...)
	}
	return rows
}

// attributes returns the summary as a log line has it: without the version, which every line has.
func (s summary) attributes() []any {
	var out []any
	for _, row := range s[1:] {
		out = append(out, row.name, row.value)
	}
	return out
}

// databasePlace says where the data is, without the password.
func databasePlace(s config.Settings) string {
	if s.UsesSQLite() {
		file := s.SQLiteFile()
		if _, err := os.Stat(file); err != nil {
			return "SQLite, " + file + " (new)"
		}
		return "SQLite, " + file
	}
	return "Postgres" + placeOf(s.DatabaseURL)
}

func redisPlace(s config.Settings) string {
	switch {
	case s.RedisURL == "" && s.UsesSQLite():
		return "none: this has to be the only instance"
	case s.RedisURL == "" && s.NATSURL != "":
		return "none: other instances on this database see no presence"
	case s.RedisURL == "":
		return "none: other instances on this database see changes late, and no presence"
	}
	return "Redis" + placeOf(s.RedisURL)
}

// placeOf returns the host and the path of a URL, or nothing of a text that is not one.
func placeOf(address string) string {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return ""
	}
	return ", " + at.Host + at.Path
}

// signInWays says whose credentials the instance accepts.
func signInWays(s config.Settings) string {
	var ways []string
	if s.Demo() {
		ways = append(ways, "demo people")
	}
	if n := len(s.AuthSecrets); n > 0 {
		ways = append(ways, fmt.Sprintf("tokens and session cookies by AUTH_SECRET (%d)", n))
	}
	if s.AuthJWKSURL != "" {
		ways = append(ways, "tokens by the keys at "+strings.TrimPrefix(placeOf(s.AuthJWKSURL), ", "))
	}
	return strings.Join(ways, ", ")
}

// limitsInForce says how much one person and one instance may do.
func limitsInForce(s config.Settings) string {
	operations := "operations not limited"
	if s.Rate > 0 {
		operations = fmt.Sprintf("%d operations a second (%d at once)", s.Rate, s.Burst)
	}
	connections := strconv.Itoa(s.MaxConnections)
	if s.MaxConnections == 0 {
		connections = strconv.Itoa(affordedConnections())
	}
	return fmt.Sprintf("a person: %s, %d connections; this instance: %s connections", operations, s.MaxConnectionsPerPerson, connections)
}

// greet tells the person at the terminal that the server is ready, and what to try.
func (s *Server) greet(out io.Writer, summary summary, addr net.Addr, people []httpd.Person) {
	at := s.origin(addr)
	fmt.Fprintf(out, "Tandem is ready at %s\n\n", at)
	for _, row := range summary {
		fmt.Fprintf(out, "  %-9s %s\n", row.name, row.value)
	}
	if len(people) == 0 {
		s.greetForReal(out, at)
		return
	}
	fmt.Fprint(out, "\nThis is the demo: made-up people and data. A token for each of the people:\n\n")
	for _, p := range people {
		fmt.Fprintf(out, "  %-20s %-7s %s\n", p.Name, p.Role, p.Token)
	}
	fmt.Fprintf(out, "\nTry: open the CRM at %s/ and a second person beside you", at)
	if s.settings.OrDemo(s.settings.Playground) {
		fmt.Fprintf(out, ", or %s/playground for the API", at)
	}
	if s.settings.PersistedDocuments == "" { // which would refuse the query
		fmt.Fprintf(out, ",\nor ask from a terminal:\n\n"+
			"  curl %s/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer %s' \\\n"+
			"    -d '{\"query\":\"{ viewer { user { name } role } customers(first: 3) { nodes { name } } }\"}'\n", at, people[0].Token)
	} else {
		fmt.Fprintln(out, ".")
	}
	fmt.Fprintln(out)
}

// greetForReal tells what an operator needs for a first request.
func (s *Server) greetForReal(out io.Writer, at string) {
	fmt.Fprintf(out, "\nClients send Authorization: Bearer <token> to %s/graphql.", at)
	if len(s.settings.AuthSecrets) > 0 {
		fmt.Fprint(out, " tandem token --sub ada --org acme prints a token to try it with.")
	}
	playground, introspection := s.settings.OrDemo(s.settings.Playground), s.settings.OrDemo(s.settings.Introspection)
	switch {
	case !playground && !introspection:
		fmt.Fprint(out, "\nThe playground and introspection are off: PLAYGROUND=true and INTROSPECTION=true switch them on.")
	case !playground:
		fmt.Fprint(out, "\nThe playground is off: PLAYGROUND=true switches it on. Introspection is on.")
	case !introspection:
		fmt.Fprintf(out, "\nThe playground is at %s/playground. Introspection is off: INTROSPECTION=true switches it on.", at)
	default:
		fmt.Fprintf(out, "\nThe playground is at %s/playground. Introspection is on.", at)
	}
	fmt.Fprintln(out)
}

// origin returns the beginning of URLs that a browser on this machine can open.
func (s *Server) origin(addr net.Addr) string {
	if s.certificate != nil {
		return "https://" + openAddress(addr)
	}
	return "http://" + openAddress(addr)
}

// openAddress returns an address that a browser on this machine can open: a server that listens
// on every address is at localhost.
func openAddress(addr net.Addr) string {
	at, err := netip.ParseAddrPort(addr.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return addr.String()
	}
	return net.JoinHostPort("localhost", strconv.Itoa(int(at.Port())))
}
