package expression

import (
	"strings"
	"unicode"
)

// e164 writes a phone number as Bandwidth takes it, "+" and 7 to 15 digits, or "" when the text is not one. Ten digits, and
// eleven that begin with 1, are numbers of the North American plan.
func e164(args ...any) (any, error) {
	digits, plus, ok := phoneDigits(strings.TrimSpace(args[0].(string)))
	if !ok {
		return "", nil
	}
	if rest, abroad := strings.CutPrefix(digits, "011"); abroad && !plus {
		digits, plus = rest, true
	}
	switch {
	case plus:
	case len(digits) == 10:
		digits = "1" + digits
	case len(digits) != 11 || digits[0] != '1':
		return "", nil
	}
	const shortest, longest = 7, 15
	if len(digits) < shortest || len(digits) > longest || digits[0] == '0' {
		return "", nil
	}
	if digits[0] == '1' && (len(digits) != 11 || digits[1] < '2') {
		return "", nil
	}
	return "+" + digits, nil
}

// phoneDigits drops the ways people group digits. Anything else means that it is not a phone number.
func phoneDigits(s string) (digits string, plus, ok bool) {
	s, plus = strings.CutPrefix(s, "+")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteByte(byte(r))
		case !strings.ContainsRune(" -.()/\u00a0", r):
			return "", false, false
		}
	}
	return b.String(), plus, true
}

// last4 returns the last four digits, or fewer when there are fewer.
func last4(args ...any) (any, error) {
	s := args[0].(string)
	digits := make([]byte, 0, 4)
	for i := len(s) - 1; i >= 0 && len(digits) < 4; i-- {
		if s[i] >= '0' && s[i] <= '9' {
			digits = append(digits, s[i])
		}
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return string(digits), nil
}

// spell sets the digits and letters of a text apart, so that speech says them one by one.
func spell(args ...any) (any, error) {
	var b strings.Builder
	for _, r := range args[0].(string) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}
