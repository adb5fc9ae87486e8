package collab

import (
	"strconv"
	"strings"
)

// minorDigits are the currencies of ISO 4217 whose minor unit is not a hundredth, by the number of
// decimal places: the list of 2026-01-01. The tables of golang.org/x/text follow CLDR, which rounds
// some currencies more coarsely than ISO.
var minorDigits = func() map[string]int {
	digits := map[string]int{}
	for places, codes := range map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV",
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	} {
		for code := range strings.FieldsSeq(codes) {
			digits[code] = places
		}
	}
	return digits
}()

// decimalPlaces returns the number of digits that the minor unit of a currency stands for. The codes that
// begin with X belong to no country: metals, units of account and common currencies. Of these only the
// East Caribbean dollar and the Caribbean guilder have cents.
func decimalPlaces(currency string) int {
	if places, special := minorDigits[currency]; special {
		return places
	}
	if strings.HasPrefix(currency, "X") && currency != "XCD" && currency != "XCG" {
		return 0
	}
	return 2
}

// amountText returns a sum in the minor unit of a currency as a decimal number with the currency:
// 96000.00 EUR.
func amountText(minor int64, currency string) string {
	places := decimalPlaces(currency)
	digits, sign := strconv.FormatInt(minor, 10), ""
	if digits[0] == '-' {
		digits, sign = digits[1:], "-"
	}
	if places == 0 {
		return sign + digits + " " + currency
	}
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole := len(digits) - places
	return sign + digits[:whole] + "." + digits[whole:] + " " + currency
}
