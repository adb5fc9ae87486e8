package collab

// A DealStage is the progress of a deal. Only an edit changes it.
type DealStage string

// The stages of a deal.
const (
	// Somebody is interested.
	DealOpen DealStage = "OPEN"
	// An offer was made.
	DealProposal DealStage = "PROPOSAL"
	// The terms are being discussed.
	DealNegotiation DealStage = "NEGOTIATION"
	// Signed.
	DealWon DealStage = "WON"
	// It came to nothing.
	DealLost DealStage = "LOST"
)

// A Deal is a sale that the organization hopes to make to a customer.
type Deal struct {
	Record     `entity:"prefix=dea"`
	DealFields `json:"fields"`
}

// DealFields is what a patch of a deal can set.
type DealFields struct {
	// The customer that the deal is with.
	CustomerID *ID `json:"customerId" entity:"customer"`
	// The subject of the deal.
	Title string `json:"title" entity:"title"`
	// The value of the deal, in the minor unit of its currency (cents), so that sums are exact. Null: not known yet.
	AmountMinor *SafeInt `json:"amountMinor" entity:"most=9007199254740991,amount,together=checkAmount,whole"`
	// The currency of `amountMinor`. Null if and only if `amountMinor` is.
	Currency *string `json:"currency" entity:"currency,together=checkAmount"`
	// The progress of the deal.
	Stage DealStage `json:"stage" entity:"status,default=OPEN"`
	// The person who makes the deal.
	OwnerID *ID `json:"ownerId" entity:"owner"`
	// The day on which the deal should be signed. Null: no day is expected.
	ExpectedCloseDate *Date `json:"expectedCloseDate" entity:"starts,filter"`
	// Anything else worth knowing. Null: nothing.
	Notes *string `json:"notes" entity:"text,search,merge=text"`
	// Whether everybody may see the deal.
	Visibility Visibility `json:"visibility" entity:"visibility,default=ORGANIZATION"`
}

func (d *Deal) checkAmount(v *violations) {
	if (d.AmountMinor == nil) != (d.Currency == nil) {
		v.add("currency", "must be given exactly when amountMinor is")
	}
}
