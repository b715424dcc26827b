package bandwidth

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// InvalidError is a value that Bandwidth would refuse. It is found, with errors.As, inside the *Error of the operation.
type InvalidError struct {
	// Field is Bandwidth's name of the field, with its parent: "machineDetection.mode".
	Field string
	// Value is what the field holds; passwords are hidden and URLs lack their query.
	Value string
	// Legal says what it may hold: "within the range [1, 300]".
	Legal string
}

func (e *InvalidError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s is missing; give %s", e.Field, e.Legal)
	}
	return fmt.Sprintf("invalid %s %q: it must be %s", e.Field, e.Value, e.Legal)
}

// Lengths that fields share, in characters, from the schemas of Bandwidth's API reference.
const (
	maxURL         = 2048
	maxCredential  = 1024
	maxTag         = 4096
	maxEndpointTag = 1024
)

// What is legal in fields that are required.
const (
	legalTo   = "an E164 telephone number such as +15551234567, or a sip: URI"
	legalFrom = "an E164 telephone number such as +15551234567, or one of Restricted, Anonymous, Private, Unavailable"
	legalURL  = "an absolute URL with http or https"
)

// check collects what is wrong with a request; the first is kept, as Bandwidth names one at a time.
type check struct {
	parent string // of the fields, with its dot
	first  *InvalidError
}

func (k *check) fail(field, value, legal string) {
	if k.first == nil {
		k.first = &InvalidError{Field: k.parent + field, Value: value, Legal: legal}
	}
}

// none reports, and refuses, a request that is nil.
func (k *check) none(missing bool) bool {
	if missing {
		k.fail("request", "", "one that is not nil")
	}
	return missing
}

func (k *check) required(field, value, legal string) {
	if value == "" {
		k.fail(field, "", legal)
	}
}

// forbidden refuses a field that has no meaning beside what is named by with.
func (k *check) forbidden(field, value, with string) {
	if value != "" {
		k.fail(field, value, "absent with "+with)
	}
}

func (k *check) length(field, value string, most int) {
	if !utf8.ValidString(value) {
		k.fail(field, strconv.QuoteToASCII(value), "UTF-8")
	} else if n := utf8.RuneCountInString(value); n > most {
		k.fail(field, plain(value), fmt.Sprintf("at most %d characters, but has %d", most, n))
	}
}

// credentials checks a user name and a password; neither value is shown.
func (k *check) credentials(prefix, username, password string) {
	names := [2]string{"username", "password"}
	if prefix != "" {
		names = [2]string{prefix + "Username", prefix + "Password"}
	}
	for i, value := range [2]string{username, password} {
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > maxCredential {
			k.fail(names[i], hidden, fmt.Sprintf("UTF-8 of at most %d characters", maxCredential))
		}
	}
}

// within checks a number; 0 is one that is not given.
func (k *check) within(field string, value, least, most float64) {
	if value != 0 && !(value >= least && value <= most) {
		k.fail(field, number(value), fmt.Sprintf("within the range [%s, %s]", number(least), number(most)))
	}
}

// time checks a number of seconds that has no stated bounds.
func (k *check) time(field string, value float64) {
	if !(value >= 0 && value <= 1e6) {
		k.fail(field, number(value), "a number of seconds")
	}
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (k *check) one(field, value string, of ...string) {
	if value != "" && !slices.Contains(of, value) {
		k.fail(field, plain(value), "one of "+strings.Join(of, ", "))
	}
}

func (k *check) method(field, value string) { k.one(field, value, "GET", "POST") }

// url checks an address that Bandwidth is to call; most is its length in characters, 0 is any.
func (k *check) url(field, value string, most int) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		k.fail(field, shownURL(value), legalURL)
		return
	}
	if n := utf8.RuneCountInString(value); most > 0 && n > most {
		k.fail(field, shownURL(value), fmt.Sprintf("at most %d characters, but has %d", most, n))
	}
}

// private refuses to have credentials sent in the clear. A loopback host is let pass: Bandwidth cannot reach one, but a
// simulator can.
func (k *check) private(field, value string, credentials ...string) {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" || loopback(u) || strings.Join(credentials, "") == "" {
		return
	}
	k.fail(field, shownURL(value), "https with a user name or a password")
}

// shownURL is an address as errors show it: without credentials, query and fragment, which hold tokens. What is no address
// is taken to hold credentials up to its last @.
func shownURL(text string) string {
	if _, err := url.Parse(text); err != nil {
		text = withoutUser(text)
	}
	if i := strings.IndexAny(text, "?#"); i >= 0 {
		text = text[:i+1] + "..."
	}
	return plain(withoutUser(text))
}

func withoutUser(text string) string {
	i := strings.LastIndexByte(text, '@')
	if i < 0 {
		return text
	}
	start := 0
	if j := strings.Index(text, "//"); j >= 0 && j < i {
		start = j + len("//")
	}
	return text[:start] + hidden + text[i:]
}

// phone checks a number in E.164: a plus and up to 15 digits, the first of which is not 0.
func phone(s string) bool {
	if len(s) < 3 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	return strings.Trim(s[1:], "0123456789") == ""
}

func (k *check) destination(field, value string) {
	lower := strings.ToLower(value)
	sip := strings.HasPrefix(lower, "sip:") || strings.HasPrefix(lower, "sips:")
	if value != "" && !phone(value) && !(sip && clean(value) && !strings.HasSuffix(value, ":")) {
		k.fail(field, plain(value), legalTo)
	}
}

// withheld are the words that stand in the place of a caller's number or name.
var withheld = []string{"Restricted", "Anonymous", "Private", "Unavailable"}

// source checks a caller's number. Bandwidth's older API takes the words for a number that is withheld, the newer one wants
// privacy and displayName for that.
func (k *check) source(field, value string) {
	if value != "" && !phone(value) && !slices.Contains(withheld, value) {
		k.fail(field, plain(value), legalFrom)
	}
}

func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ' ' })
}

// uui checks user-to-user information: a comma list, whose entries may name their encoding.
func (k *check) uui(field, value string) {
	k.length(field, value, 350)
	for part := range strings.SplitSeq(value, ",") {
		_, encoding, named := strings.Cut(part, ";encoding=")
		if named && !slices.Contains([]string{"jwt", "base64", "hex"}, strings.TrimSpace(encoding)) {
			k.fail(field, plain(value), "a comma list of values with ;encoding=jwt, base64 or hex")
		}
	}
}
