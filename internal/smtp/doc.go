// Package smtp hands messages over to a mail server (RFC 5321), which delivers them to people.
package smtp
