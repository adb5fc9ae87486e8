package collab

import "testing"

// A sum has as many decimal places as its currency.
func TestAmountText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		minor          int64
		currency, want string
	}{
		{9600000, "EUR", "96000.00 EUR"}, {0, "EUR", "0.00 EUR"}, {7, "EUR", "0.07 EUR"}, {70, "USD", "0.70 USD"}, {100, "USD", "1.00 USD"},
		{9007199254740991, "EUR", "90071992547409.91 EUR"}, {-5, "EUR", "-0.05 EUR"}, {-12345, "EUR", "-123.45 EUR"},
		{96000, "JPY", "96000 JPY"}, {0, "ISK", "0 ISK"}, {1, "KWD", "0.001 KWD"}, {96000, "TND", "96.000 TND"}, {12345, "CLF", "1.2345 CLF"},
		{5, "IQD", "0.005 IQD"}, {5, "ZZZ", "0.05 ZZZ"}, {5, "XAU", "5 XAU"}, {5, "XOF", "5 XOF"}, {5, "XCD", "0.05 XCD"},
	} {
		if got := amountText(test.minor, test.currency); got != test.want {
			t.Errorf("%d %s: got %q, want %q", test.minor, test.currency, got, test.want)
		}
	}
}

// Values are shown by what they mean, and an empty value is shown as nothing.
func TestShownText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of           EntityType
		field, value string
		currency     string
		want         string // "-" for nothing
	}{
		{TypeCall, "status", `"IN_PROGRESS"`, "", "In progress"}, {TypeCall, "visibility", `"RESTRICTED"`, "", "Restricted"}, {TypeCall, "status", `null`, "", "-"},
		{TypeCall, "subject", `"IN_PROGRESS"`, "", "IN_PROGRESS"}, {TypeCall, "durationSeconds", `90`, "", "90"},
		{TypeCall, "scheduledAt", `"2027-01-01T10:00:00Z"`, "", "2027-01-01T10:00:00Z"}, {TypeDeal, "expectedCloseDate", `"2027-01-31"`, "", "2027-01-31"},
		{TypeCustomer, "tags", `["vip","a b"]`, "", "vip, a b"}, {TypeCustomer, "tags", `[]`, "", "-"}, {TypeCustomer, "tags", ``, "", "-"},
		{TypeDeal, "amountMinor", `9600000`, `"EUR"`, "96000.00 EUR"}, {TypeDeal, "amountMinor", `9600000`, `null`, "-"}, {TypeDeal, "amountMinor", `9600000`, ``, "-"},
		{TypeDeal, "currency", `"EUR"`, `"EUR"`, "EUR"}, {TypeDeal, "ownerId", `"ada"`, "", "-"}, {TypeDeal, "customerId", `"cus_1"`, "", "-"},
		{TypeMeeting, "attendeeIds", `["ada"]`, "", "-"}, {TypeMeeting, "attendeeIds", `[]`, "", "-"}, {"NEWER", "status", `"IN_PROGRESS"`, "", "IN_PROGRESS"},
	} {
		got := "-"
		if text := shown(test.of, test.field, JSON(test.value), JSON(test.currency)).Text(); text != nil {
			got = *text
		}
		if got != test.want {
			t.Errorf("%s of a %s, %s: got %q, want %q", test.field, test.of.word(), test.value, got, test.want)
		}
	}
}
