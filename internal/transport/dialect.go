package transport

// A dialect is the words of a protocol. Both say the same things.
type dialect struct {
	name   string
	legacy bool

	subscribe, unsubscribe string // a client's
	next                   string // the server's
}

// modern is graphql-transport-ws, as the graphql-ws library and the working
// draft of the GraphQL foundation describe it.
var modern = &dialect{name: "graphql-transport-ws", subscribe: "subscribe", unsubscribe: "complete", next: "next"}

// legacy is graphql-ws, as subscriptions-transport-ws describes it, for the
// clients of older days.
var legacy = &dialect{name: "graphql-ws", legacy: true, subscribe: "start", unsubscribe: "stop", next: "data"}

var dialects = map[string]*dialect{modern.name: modern, legacy.name: legacy}
