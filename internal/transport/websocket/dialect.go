package websocket

import "tandem/internal/transport"

// A dialect has the message types of one of the two protocols. They have the same operations.
type dialect struct {
	name   string
	legacy bool

	subscribe, unsubscribe string // types of the client's messages
	next                   string // type of the server's message with an event
}

// modern is graphql-transport-ws, as the graphql-ws library and the working
// draft of the GraphQL foundation describe it.
var modern = &dialect{name: transport.ProtocolModern, subscribe: "subscribe", unsubscribe: "complete", next: "next"}

// legacy is graphql-ws, as subscriptions-transport-ws describes it, for old clients.
var legacy = &dialect{name: transport.ProtocolLegacy, legacy: true, subscribe: "start", unsubscribe: "stop", next: "data"}

var dialects = map[string]*dialect{modern.name: modern, legacy.name: legacy}
