package bxml

import (
	"fmt"
	"strings"
	"unicode"
)

// Content is the text between the tags of an element.
type Content struct {
	Kind     ContentKind
	Name     string // what the SDKs call it, such as "audioUri" or "digits"
	Type     AttrType
	Required bool
	Max      int // greatest length in runes, 0 for none
	// RejectLen is as in Attribute.
	RejectLen int
	Charset   Charset
	Relative  bool // of TypeURL
	// Trim says that the carrier ignores white space around the text.
	Trim bool
	Doc  string
}

// ContentKind tells what stands between the tags.
type ContentKind uint8

// The kinds.
const (
	Text ContentKind = iota // characters only
	SSML                    // characters and SSML elements
)

// String returns "text" or "text and SSML".
func (k ContentKind) String() string { return [...]string{"text", "text and SSML"}[min(k, SSML)] }

// Check returns nil when text is legal, else an error that says what is legal. The text is what is meant, not its escaped
// form. Check does not allocate when the text is legal, and the error does not alias it.
func (c *Content) Check(text string) error {
	if c.Trim {
		text = strings.TrimSpace(text)
	}
	if strings.TrimSpace(text) == "" {
		if c.Required {
			return fmt.Errorf("%s must not be blank", c.Name)
		}
		if text == "" {
			return nil
		}
	}
	if c.Type == TypeURL {
		return checkURL(text, c.Relative)
	}
	if err := checkText(c.Type, text); err != nil {
		return err
	}
	if err := c.Charset.check(text); err != nil {
		return err
	}
	return checkLength(text, max(c.Max, c.RejectLen))
}

// Charset is a set of characters.
type Charset uint8

// The character sets.
const (
	AnyCharacter   Charset = iota
	DTMFCharacters         // what the keys of a phone send
	DialCharacters         // the same and the pauses of SendDtmf
	NameCharacters         // of a conference's name
	NoControls             // all but control characters
)

// String describes the set for people.
func (c Charset) String() string {
	return [...]string{"any", "0-9 * # A-D a-d", "0-9 * # A-D a-d , w W", "letters, digits, - _ .", "no control characters"}[min(c, NoControls)]
}

func (c Charset) check(text string) error {
	if c == AnyCharacter {
		return nil
	}
	for _, r := range text {
		if !c.has(r) {
			return fmt.Errorf("%s holds %q, legal is %s", quote(text), r, c)
		}
	}
	return nil
}

func (c Charset) has(r rune) bool {
	switch c {
	case DTMFCharacters:
		return r >= '0' && r <= '9' || r == '*' || r == '#' || r >= 'A' && r <= 'D' || r >= 'a' && r <= 'd'
	case DialCharacters:
		return DTMFCharacters.has(r) || r == ',' || r == 'w' || r == 'W'
	case NameCharacters:
		return r < 0x80 && isAlnum(byte(r)) || r == '-' || r == '_' || r == '.'
	case NoControls:
		return !unicode.IsControl(r)
	}
	return true
}
