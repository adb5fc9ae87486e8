package main

import (
	"fmt"
	"slices"
	"strings"
)

// An order is an order of lists that not all types have.
type order struct {
	Name       string // SCHEDULED_AT_ASC
	By         string // the constant of collab for what it sorts by
	Descending bool
	text       string // what comes first
	of         []string
}

// Orders are the orders of the type besides those of all types.
func (e *entity) Orders() (orders []*order) {
	if f := e.With("starts"); f != nil {
		name := strings.ToUpper(humps.ReplaceAllString(strings.TrimSuffix(f.JSON, "Date"), "${1}_$2"))
		orders = append(orders,
			&order{name + "_ASC", "SortByStart", false, "The earliest `" + f.JSON + "` comes first", nil},
			&order{name + "_DESC", "SortByStart", true, "The latest `" + f.JSON + "` comes first", nil})
	}
	if f := e.With("amount"); f != nil {
		orders = append(orders, &order{"AMOUNT_DESC", "SortByAmount", true, "The largest `" + f.JSON + "` comes first, whatever the currency", nil})
	}
	return orders
}

// allOrders are the orders of all types, each once.
func allOrders(entities []*entity) (orders []*order) {
	for _, e := range entities {
		for _, o := range e.Orders() {
			i := slices.IndexFunc(orders, func(other *order) bool { return other.Name == o.Name })
			if i < 0 {
				orders, i = append(orders, o), len(orders)
			}
			orders[i].of = append(orders[i].of, e.Many())
		}
	}
	return orders
}

// Doc describes the order in the schema.
func (o *order) Doc() string {
	return fmt.Sprintf("%s, and entities without one last. For %s only.", o.text, enumerate(o.of, "and"))
}
