package bxml

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// AttrType is the type of an attribute's value or of an element's text.
type AttrType uint8

// The types.
const (
	TypeString       AttrType = iota + 1
	TypeBool                  // true or false; the case does not matter, the Python SDK writes True
	TypeInt                   // decimal digits
	TypeSeconds               // decimal seconds: "5", "0.5"
	TypeMilliseconds          // decimal milliseconds
	TypeEnum                  // one of Values
	TypePhone                 // E.164 with its plus
	TypeSIPURI                // sip:user@host
	TypeCallID                // c-...
	TypeCallIDs               // call ids with commas between
	TypeDigits                // characters that a phone can send
	TypeURL                   // http or https, absolute, or relative where Relative says so
	TypeWebSocketURL          // ws or wss, absolute
	TypeMethod                // GET or POST
	TypeUUI                   // User-To-User values, each ending with ;encoding=base64, jwt or hex
	TypeID                    // an opaque identifier of the carrier
	TypeBreak                 // SSML: seconds or milliseconds with their unit, at most 10 s
	TypePitch                 // SSML: a word or a change in per cent
	TypeRate                  // SSML: a word or per cent
	TypeVolume                // SSML: a word or a change in dB
)

var typeNames = [...]string{
	TypeString: "string", TypeBool: "bool", TypeInt: "int", TypeSeconds: "seconds", TypeMilliseconds: "ms", TypeEnum: "enum",
	TypePhone: "phone", TypeSIPURI: "SIP URI", TypeCallID: "call id", TypeCallIDs: "call ids", TypeDigits: "digits",
	TypeURL: "URL", TypeWebSocketURL: "websocket URL", TypeMethod: "method", TypeUUI: "user-to-user", TypeID: "id",
	TypeBreak: "time", TypePitch: "pitch", TypeRate: "rate", TypeVolume: "volume",
}

// String returns a word for t, such as "seconds".
func (t AttrType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown type"
}

// Attribute is an attribute of an element.
type Attribute struct {
	Name   string
	Type   AttrType
	OrType AttrType // a second type that is legal too, 0 for none
	// Min and Max bound numbers, in the unit of the type; nil is no bound. Numbers are never negative.
	Min, Max *float64
	// MaxLen is the greatest length in runes, 0 for none. RejectLen is the length above which Check refuses the value when
	// the carrier's pages disagree about MaxLen: between the two there is only a Warning.
	MaxLen, RejectLen int
	Charset           Charset
	Values            []string // the legal values of TypeEnum and the words of the SSML types
	OrValues          []string // words that are legal beside the type
	Default           string   // the carrier's value when the attribute is absent, "" when there is none or it is no constant
	Required          bool
	// Relative URLs are resolved against the URL from which the document came. RelativeInferred says that the carrier's
	// pages do not state it for this attribute.
	Relative, RelativeInferred bool
	// Events come through this URL; those of a fallback URL when the first one fails.
	Events []string
	// FallbackOf is the URL attribute that this one is the fallback of.
	FallbackOf string
	// AppliesTo are the URL attributes that this method, user name or password belongs to.
	AppliesTo []string
	// HTTPS says that the URLs in AppliesTo must be https when this attribute is set.
	HTTPS bool
	// OnlyIf, when not nil, must hold for the attribute to have an effect.
	OnlyIf *When
	// Clears says that the empty value is legal and clears what was set before.
	Clears bool
	// ConferenceIgnores says that the attribute has no effect in a document for a conference.
	ConferenceIgnores bool
	// Misspelt are names that an SDK or a page of the carrier uses by mistake.
	Misspelt []string
	Status   Status // "" is that of the verb
	Since    string
	Doc      string

	method, username, password, fallback string
}

// Method returns the name of the attribute with the HTTP method of this URL, "" when there is none.
func (a *Attribute) Method() string { return a.method }

// Username returns the name of the attribute with the user name that is sent to this URL, "" when there is none.
func (a *Attribute) Username() string { return a.username }

// Password returns the name of the attribute with the password that is sent to this URL, "" when there is none.
func (a *Attribute) Password() string { return a.password }

// Fallback returns the name of the attribute with the URL that is asked when this one fails, "" when there is none. Its own
// method and credentials are found on that attribute.
func (a *Attribute) Fallback() string { return a.fallback }

// Check returns nil when value is legal, else an error that says what is legal: `"61" is above 60`. It looks at this value
// alone and does not allocate when it is legal. The error does not alias value.
func (a *Attribute) Check(value string) error {
	if a.Clears && value == "" || slices.Contains(a.OrValues, value) {
		return nil
	}
	err := a.check(a.Type, value)
	if err == nil || a.OrType != 0 && a.check(a.OrType, value) == nil {
		return nil
	}
	if a.OrType != 0 {
		err = fmt.Errorf("%w, nor a %s", err, a.OrType)
	}
	if len(a.OrValues) > 0 {
		err = fmt.Errorf("%w, nor one of %s", err, strings.Join(a.OrValues, ", "))
	}
	return err
}

func (a *Attribute) check(t AttrType, value string) error {
	switch t {
	case TypeInt:
		return checkInt(value, a.Min, a.Max)
	case TypeSeconds, TypeMilliseconds:
		return checkDecimal(value, a.Min, a.Max)
	case TypeEnum, TypeMethod:
		return checkEnum(value, a.Values)
	case TypeURL:
		return checkURL(value, a.Relative)
	case TypePitch, TypeRate, TypeVolume:
		return checkProsody(t, value, a.Values)
	}
	if err := checkText(t, value); err != nil {
		return err
	}
	if err := a.Charset.check(value); err != nil {
		return err
	}
	return checkLength(value, max(a.MaxLen, a.RejectLen))
}

// Warning returns what is doubtful about a value that Check accepts, "" when nothing is.
func (a *Attribute) Warning(value string) string {
	if a.RejectLen > 0 && len(value) > a.MaxLen {
		if n := utf8.RuneCountInString(value); n > a.MaxLen {
			return fmt.Sprintf("%d characters are more than the %d that the carrier's verb pages allow", n, a.MaxLen)
		}
	}
	if a.RelativeInferred && value != "" && scheme(value) == "" {
		return "the carrier's pages do not say that this URL may be relative"
	}
	return ""
}
