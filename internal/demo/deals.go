package demo

import (
	"time"

	"tandem/internal/collab"
)

// A sale is a row of the deals of the company.
type sale struct {
	title    string
	amount   collab.SafeInt // in cents
	currency string
	stages   []collab.DealStage // after OPEN
}

var sales = []sale{
	{"Softening plant, two brewhouses", 4_860_000, "EUR", []collab.DealStage{collab.DealProposal, collab.DealNegotiation, collab.DealWon}},
	{"Contract for two years", 312_000, "EUR", []collab.DealStage{collab.DealProposal, collab.DealWon}},
	{"Taps for twelve rooms", 748_000, "GBP", []collab.DealStage{collab.DealProposal}},
	{"Filters for every kitchen", 1_290_000, "EUR", []collab.DealStage{collab.DealProposal, collab.DealNegotiation}},
	{"Drinking water in the lobby", 215_000, "EUR", nil},
	{"Trial of the new cartridge", 89_000, "EUR", []collab.DealStage{collab.DealLost}},
	{"Taps on five floors", 960_000, "EUR", []collab.DealStage{collab.DealProposal, collab.DealNegotiation}},
	{"Second plant", 2_150_000, "EUR", []collab.DealStage{collab.DealProposal, collab.DealLost}},
	{"Service for all branches", 1_440_000, "CHF", []collab.DealStage{collab.DealProposal}},
	{"Replacement of the old units", 530_000, "EUR", nil},
}

// deals plans what customers may buy: one deal for each of the first customers. It draws no random
// numbers, so the rest of the plan is the same with and without it.
func (p *plan) deals(customers []*record) {
	for i, s := range sales {
		c := customers[i]
		by := c.owner
		if by == "" {
			by = ben
		}
		born := c.born.Add(p.past.Sub(c.born) / 4)
		d := p.create(born, by, collab.TypeDeal, c, collab.Patch{
			"title": s.title + ": " + c.label, "ownerId": by, "amountMinor": s.amount, "currency": s.currency,
			"expectedCloseDate": collab.Date(p.workday(10 + 5*i).Format(time.DateOnly)),
		})
		at := born
		for n, stage := range s.stages {
			at = at.Add(p.past.Sub(born) / time.Duration(len(s.stages)+1))
			change := collab.Patch{"stage": stage}
			if n == len(s.stages)-1 && stage == collab.DealNegotiation {
				change["notes"] = "They ask for three percent if they pay at once."
			}
			p.change(at, by, d, change)
		}
		if i == 0 {
			p.creation(d).key = keyDeal
		}
		if s.title == "Taps on five floors" {
			p.contestedDeal(d)
		}
	}
}

// contestedDeal: one person grants a discount, while another one has just been asked for a price in
// dollars.
func (p *plan) contestedDeal(d *record) {
	p.change(p.ago(31), ben, d, collab.Patch{"amountMinor": collab.SafeInt(931_200), "notes": "Three percent less, since they pay at once."})
	p.collision(p.ago(29), jonas, d, collab.Patch{"amountMinor": collab.SafeInt(1_045_000), "currency": "USD"})
	p.say(p.ago(28), jonas, d, "@Ben their headquarters pays, and in dollars. What is your discount in dollars?", ben)
}
