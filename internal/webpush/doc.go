// Package webpush sends messages to browsers: it encrypts them for one subscription (RFC 8291), proves
// who sends them (VAPID, RFC 8292), and hands them to the browser's push service (RFC 8030).
//
// An endpoint is a URL that a client chose, so a [Sender] treats it as hostile: it dials public
// addresses over https only, follows no redirects, and bounds the time and the bytes of every answer.
package webpush
