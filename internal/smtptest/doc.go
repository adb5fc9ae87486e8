// Package smtptest is a mail server for tests, which reads what arrives, and misbehaves.
package smtptest
