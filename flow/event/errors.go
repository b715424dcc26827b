package event

import (
	"errors"
	"fmt"
)

// Limits of what the decoders accept. They stand far above what Bandwidth sends.
const (
	MaxBody    = 64 << 10 // bytes of a JSON body
	MaxQuery   = 16 << 10 // bytes of a raw query
	MaxDepth   = 32       // objects and arrays within one another, the event itself counted
	MaxMembers = 1000     // members of objects and elements of arrays, at all depths together
)

// What the decoders refuse. The errors they return wrap one of these.
var (
	ErrEmpty       = errors.New("empty")
	ErrSyntax      = errors.New("malformed") // not JSON by RFC 8259 in valid UTF-8, or not a query
	ErrNotObject   = errors.New("not an object")
	ErrTooLarge    = errors.New("too large")
	ErrTooDeep     = errors.New("nested too deep")
	ErrTooMany     = errors.New("too many members")
	ErrDuplicate   = errors.New("duplicate member")
	ErrNoEventType = errors.New("no eventType")
)

func refuse(kind error, why string, offset int) error {
	return fmt.Errorf("decode event: %w: %s at byte %d", kind, why, offset)
}
