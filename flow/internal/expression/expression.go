// Package expression compiles the guards, values and templates of a flow against a typed scope and evaluates them.
//
// The language is that of expr-lang, cut down so that its cost is bounded by construction: small sources, no ranges, no
// variables, one level of closures, patterns that are literals, texts of at most [MaxValueBytes]. Names are flat and
// dotted ("event.digits"): a member chain is folded into the longest declared name when it is compiled, so that a name
// costs one array read when it is evaluated. What a value holds is never compiled: nothing that a caller on the phone
// says can become an expression.
//
// Evaluation reads nothing but its arguments: no clock, no randomness, no environment. The one thing it needs from the
// machine is a time zone database for [Guard] and [Value] to find the zones that within, onDate and date name; a program that
// may run where there is none imports time/tzdata.
package expression

import (
	"strconv"
	"time"
)

// Bounds of a single expression. They are what makes its cost linear in its size times the size of the values.
const (
	MaxSourceBytes   = 512       // length of one expression
	MaxNodes         = 200       // nodes of its syntax tree
	MaxValueBytes    = 4 << 10   // length of a text that an expression makes
	MaxCompoundBytes = 64 << 10  // size of a list or map that an expression yields, written as text; also of a template's text
	MaxParts         = 100       // expressions in one template
	MaxItems         = 256       // items of a list that a closure or a function goes through
	memoryBudget     = 16 * 1024 // items that one evaluation may put into new lists and maps
)

// Type is the type of a name, of a function's parameter or of an expression.
type Type uint8

// The types and the Go values that carry them. A name of type Any may hold any of these, or nil.
const (
	String   Type = iota // string
	Bool                 // bool
	Int                  // int
	Number               // float64, or int
	Duration             // time.Duration
	List                 // []any
	Map                  // map[string]any
	Any                  // any of these, or nil
	Time                 // time.Time
	nilType              // the literal nil; never the type of a name
)

// String returns the type's name as flows spell it.
func (t Type) String() string {
	names := [...]string{"string", "bool", "int", "number", "duration", "list", "map", "any", "time", "nil"}
	if int(t) < len(names) {
		return names[t]
	}
	return "type " + strconv.Itoa(int(t))
}

// Zero returns the value of an absent name, and of a variable that nobody set; nil for Any.
func (t Type) Zero() any {
	switch t {
	case String:
		return ""
	case Bool:
		return false
	case Int:
		return 0
	case Number:
		return 0.0
	case Duration:
		return time.Duration(0)
	case List:
		return []any(nil)
	case Map:
		return map[string]any(nil)
	case Time:
		return time.Time{}
	}
	return nil
}

// words returns the type as a message says it.
func (t Type) words() string {
	switch t {
	case Bool:
		return "true or false"
	case Int, Number:
		return "a number"
	case Any:
		return "any value"
	case nilType:
		return "nil"
	}
	return "a " + t.String()
}

// Name is what a scope knows of one name.
type Name struct {
	Type Type
	Slot int // the caller's own number, handed to Lookup; several names may share one
	// Member is the key under which the value lies in the map at Slot; "" for the value at Slot itself.
	Member string
	// Closed says that the members of the value are names of their own: others do not exist.
	Closed bool
}

// Scope says which names and functions an expression may use. It is only read, and may be shared.
type Scope struct {
	// Names by flat dotted name: "event.digits", "vars.tries", "visits", "now". A part is an identifier.
	Names map[string]Name
	// Functions beside the built-in ones, which they cannot replace.
	Functions map[string]Function
	// Unknown is asked when a dotted name is not declared, with the shortest part of it that leads nowhere. It returns an
	// empty message when it has nothing to say, and may be nil.
	Unknown func(name string) (message, help string)
}

// Function is a function that expressions may call.
type Function struct {
	Params   []Type
	Optional int  // how many of the last Params may be left out
	Variadic bool // the last of Params may be given any number of times
	Result   Type
	// Call gets arguments of the types of Params (float64 for Number), its own copies. A panic in it becomes an error. It
	// must be pure and safe for concurrent use.
	Call func(args ...any) (any, error)
	// SecretOnly marks a function whose result may only reach credentials; expressions cannot call it.
	SecretOnly bool

	builtIn bool                   // pure beyond doubt: may be called when the expression is compiled
	usage   string                 // "last4(s)"
	result  func(args []Type) Type // when the result depends on the arguments
	// prepare makes a cheaper function of the arguments that are known when the expression is compiled (nil for the others).
	prepare func(args []any) (func(args ...any) (any, error), error)
}

// Rules of the problems that this package finds.
const (
	RuleSyntax = "expression-syntax" // not an expression, or a spelling from another language
	RuleName   = "unknown-name"      // a name or function that does not exist here
	RuleType   = "expression-type"   // types that do not fit
	RuleLimit  = "expression-limit"  // larger than the bounds, or a construct that would break them
)

// Problem is one mistake in a source text. From and To are byte offsets in it.
type Problem struct {
	From, To int
	Message  string
	Help     string
	Rule     string
}

// Ref is one name that an expression uses, with the place of its first use.
type Ref struct {
	Name     string
	Slot     int
	From, To int
	Presence bool // only has() asks for it: its value is never read
}

// Lookup gives the values of names to an evaluation.
type Lookup interface {
	// Lookup returns the value of the name with this slot, in its declared type; nil stands for the type's zero value.
	Lookup(slot int) any
	// Has reports whether the name is present: a field that came and was not null.
	Has(slot int) bool
}
