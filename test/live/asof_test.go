package live_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A connection begins with the head of the log: a client that follows after it misses nothing that is committed later,
// also by another instance.
func TestConnectionAckHasHead(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		ada := servertest.Join(t, one, "acme", "ada", collab.RoleMember)
		customer := ada.Create(servertest.Object{"name": "v1"})
		for _, protocol := range []string{"graphql-transport-ws", "graphql-ws"} {
			s := servertest.DialProtocol(t, two, protocol)
			s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + ada.Token}})
			ack := s.Read()
			ack.Is(`{"type": "connection_ack", "payload": {"asOf": "$head"}}`,
				servertest.Object{"head": ada.Ask(`{ customers(first: 0) { asOf } }`, nil).Get("customers.asOf")})
			if protocol == "graphql-ws" {
				s.Read().Is(`{"type": "ka"}`)
				continue
			}
			ada.Update(customer, 1, servertest.Object{"name": "v2"})
			s.Subscribe("1", servertest.CustomerChanged, servertest.Object{"after": ack.Get("payload.asOf")})
			s.Next("1").At("customerChanged.version").Is(`2`)
			ada.Update(customer, 2, servertest.Object{"name": "v3"})
			s.Next("1").At("customerChanged.version").Is(`3`)
		}
	})
}

// Somebody who was removed learns nothing of the log from a connection.
func TestConnectionAckOfRemovedPersonHasNoHead(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	ben := servertest.Join(t, ada.At, "acme", "ben", collab.RoleMember)
	ben.Create(servertest.Object{"name": "v1"})
	ada.Ask(`mutation { removeMember(userId: "ben") }`, nil)
	s := servertest.DialProtocol(t, ada.At, "graphql-transport-ws")
	s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + ben.Token}})
	s.Read().Is(`{"type": "connection_ack"}`)
}
