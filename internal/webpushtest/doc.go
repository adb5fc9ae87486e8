// Package webpushtest is a push service for tests. It makes subscriptions as a browser does, checks and decrypts what
// arrives, and misbehaves on demand.
package webpushtest
