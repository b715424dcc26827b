package bxml

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const maxQuoted = 60

// quote returns a copy of value in quotes, shortened.
func quote(value string) string {
	if len(value) <= maxQuoted {
		return strconv.Quote(value)
	}
	cut := maxQuoted
	for cut > 0 && !utf8.RuneStart(value[cut]) {
		cut--
	}
	return strconv.Quote(value[:cut]) + "..."
}

func checkInt(value string, low, high *float64) error {
	if value == "" || strings.Trim(value, "0123456789") != "" {
		return fmt.Errorf("%s is not a whole number", quote(value))
	}
	return checkRange(value, low, high)
}

func checkDecimal(value string, low, high *float64) error {
	whole, fraction, point := strings.Cut(value, ".")
	if whole == "" || strings.Trim(whole, "0123456789") != "" || strings.Trim(fraction, "0123456789") != "" || point && fraction == "" {
		return fmt.Errorf("%s is not a number such as 5 or 0.5", quote(value))
	}
	return checkRange(value, low, high)
}

// checkRange compares a number, whose form has been checked, with its bounds.
func checkRange(value string, low, high *float64) error {
	n, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil || n > 1e15:
		return fmt.Errorf("%s is too large", quote(value))
	case low != nil && n < *low:
		return fmt.Errorf("%s is below %s", quote(value), number(*low))
	case high != nil && n > *high:
		return fmt.Errorf("%s is above %s", quote(value), number(*high))
	}
	return nil
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func checkEnum(value string, values []string) error {
	if slices.Contains(values, value) {
		return nil
	}
	legal := "one of " + strings.Join(values, ", ")
	if len(values) > 12 {
		legal = fmt.Sprintf("one of the %d legal values", len(values))
	}
	if near := didYouMean(value, values); near != "" {
		legal += "; " + near
	}
	return fmt.Errorf("%s is not %s", quote(value), legal)
}

func checkLength(value string, limit int) error {
	if limit == 0 || len(value) <= limit {
		return nil
	}
	if n := utf8.RuneCountInString(value); n > limit {
		return fmt.Errorf("%d characters are more than %d", n, limit)
	}
	return nil
}

// checkText checks the types whose form needs no parameters.
func checkText(t AttrType, value string) error {
	ok, want := true, ""
	switch t {
	case TypeBool:
		ok, want = strings.EqualFold(value, "true") || strings.EqualFold(value, "false"), "neither true nor false"
	case TypePhone:
		ok, want = isPhone(value), "not a phone number with + and country code, such as +15551234567"
	case TypeSIPURI:
		ok, want = isSIPURI(value), "not a SIP URI such as sip:user@example.com"
	case TypeCallID:
		ok, want = isCallID(value), "not a call id such as c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d"
	case TypeCallIDs:
		ok, want = all(value, isCallID), "not a list of call ids with commas between"
	case TypeDigits:
		return DTMFCharacters.check(value)
	case TypeWebSocketURL:
		return checkWebSocket(value)
	case TypeUUI:
		return checkUUI(value)
	case TypeID:
		ok, want = value != "" && !strings.ContainsAny(value, " \t\r\n"), "not an id: it is empty or holds white space"
	case TypeBreak:
		return checkBreak(value)
	}
	if ok {
		return nil
	}
	return fmt.Errorf("%s is %s", quote(value), want)
}

// isPhone reports whether value is E.164: a plus, a digit that is not 0, and up to 14 more digits.
func isPhone(value string) bool {
	return len(value) >= 3 && len(value) <= 16 && value[0] == '+' && value[1] != '0' && strings.Trim(value[1:], "0123456789") == ""
}

func isSIPURI(value string) bool {
	if len(value) < 4 || !strings.EqualFold(value[:4], "sip:") || len(value) > MaxURL {
		return false
	}
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == '"' {
			return false
		}
	}
	user, host, ok := strings.Cut(value[4:], "@")
	return ok && user != "" && host != "" && isAlnumOr(host[0], '[')
}

// isCallID accepts any id with the carrier's prefix: only the prefix and the alphabet are sure.
func isCallID(value string) bool {
	if len(value) < 3 || len(value) > 128 || value[0] != 'c' || value[1] != '-' {
		return false
	}
	for i := range len(value) {
		if c := value[i]; !isAlnumOr(c, '-') && c != '_' {
			return false
		}
	}
	return true
}

// all reports whether ok holds for every part of a list with commas between, ignoring blanks around the parts.
func all(list string, ok func(string) bool) bool {
	for {
		part, rest, more := strings.Cut(list, ",")
		if !ok(strings.Trim(part, " ")) {
			return false
		}
		if !more {
			return true
		}
		list = rest
	}
}

// Lengths of User-To-User values: of one, and of a list. The SDKs differ on the second.
const (
	maxUUI     = 256
	maxUUIList = 350
)

func checkUUI(value string) error {
	limit := maxUUI
	if strings.Contains(value, ",") {
		limit = maxUUIList
	}
	if len(value) > limit {
		return fmt.Errorf("%d characters of user-to-user information are more than %d", len(value), limit)
	}
	if !all(value, isUUI) {
		return fmt.Errorf("%s must end with ;encoding=base64, ;encoding=jwt or ;encoding=hex", quote(value))
	}
	return nil
}

func isUUI(value string) bool {
	data, encoding, ok := strings.Cut(value, ";encoding=")
	if !ok || data == "" || encoding != "base64" && encoding != "jwt" && encoding != "hex" {
		return false
	}
	for i := range len(data) {
		if data[i] <= ' ' || data[i] >= 0x7f {
			return false
		}
	}
	return true
}

func isAlnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isAlnumOr(c, other byte) bool { return isAlnum(c) || c == other }
