// Package ast is a flow file as its author wrote it: every value keeps its place, nothing is resolved or checked beyond
// its shape. The types mirror the keys of the language, see docs/language.md.
package ast

import "github.com/bxmlflow/bxmlflow/flow/diag"

// Text is a scalar of the file, exactly as written: "+1555..." keeps its plus.
type Text struct {
	Value string
	Span  diag.Span
	// Places finds the place of a part of Value; nil when the text comes from no file.
	Places Places
}

// Places finds the place of the bytes [from:to] of a text in its file, whatever quotes and escapes it was written with.
type Places interface {
	Slice(from, to int) diag.Span
}

// At returns the place of Value[from:to], or the place of the whole text when a part of it has none.
func (t *Text) At(from, to int) diag.Span {
	if t.Places == nil {
		return t.Span
	}
	return t.Places.Slice(from, to)
}

// Kind is the shape of a Value.
type Kind uint8

// The shapes of a value.
const (
	Scalar Kind = iota
	List
	Map
)

// Scalars tells what an unquoted scalar means: `60` is a number, `true` a boolean, `"60"` and `hello` are text.
type Scalars uint8

// The meanings of a scalar.
const (
	String Scalars = iota
	Int
	Float
	Bool
	Null
	Timestamp // text to us, but other YAML readers make a time of it
)

// Value is any value of the file: a scalar, a list or a map. Its scalars are templates unless the key says otherwise.
type Value struct {
	Kind   Kind
	Span   diag.Span
	Text   Text    // of a scalar
	Scalar Scalars // of a scalar
	Quoted bool    // of a scalar: written with quotes or as a block
	Items  []*Value
	Pairs  []Pair
	// Cut is the comment that follows an unquoted scalar on its line; it may be text that the author meant to keep.
	Cut string
}

// Pair is one key of a map and its value.
type Pair struct {
	Key   Text
	Value *Value
}

// Get returns the value of key, nil when v is no map or has no such key.
func (v *Value) Get(key string) *Value {
	for i := range v.Pairs {
		if v.Pairs[i].Key.Value == key {
			return v.Pairs[i].Value
		}
	}
	return nil
}

// File is one flow.
type File struct {
	Path        string
	Span        diag.Span
	Version     *Text
	Name        Text // the value of `flow`
	Description *Text
	Params      []*Decl
	Vars        []*Decl
	Signals     []*Signal
	Outbound    *Value // nil when not given
	Start       []*Handler
	On          []*Handler
	Limits      *Limits
	Fragments   []*Fragment
	Uses        *Uses
	Retention   *Text
	Expiry      *Text
	States      []*State
	Comments    []Comment // those that speak to the checker
}

// Comment is a comment of the file. Line is the line that it is about: its own, or the next one when it stands alone; 0 when
// there is none.
type Comment struct {
	Text string // with its "#"
	Span diag.Span
	Line int
}

// Decl declares a parameter or a variable. Type is nil when the default gives it.
type Decl struct {
	Name     Text
	Type     *Text
	Default  *Value
	Required bool
	Secret   bool
}

// Signal declares an event that machines send each other.
type Signal struct {
	Name Text
	With []*Decl
}

// Limits bound how long a machine may go on. A nil Text means not given.
type Limits struct {
	Visits *Text
	Steps  *Text
}

// Fragment names document entries for reuse.
type Fragment struct {
	Name    Text
	With    []*Decl
	Entries []*Entry
}

// Uses declares what a kit brings.
type Uses struct {
	Actions   []*UsedAction
	Functions []*UsedFunction
}

// UsedAction is a Go action: its arguments, the shape of its result, and whether it acts on the world.
type UsedAction struct {
	Name    Text
	With    []*Decl
	Returns []*Decl
	Effect  bool
	// Sensitive says that the result of the action is as sensitive as what it was given.
	Sensitive bool
}

// UsedFunction is a pure Go function for expressions.
type UsedFunction struct {
	Name    Text
	Params  []Text // types
	Returns *Text
}

// State is one state, with its inner states when it has any.
type State struct {
	Name        Text
	Span        diag.Span
	Description *Text
	Final       bool
	Type        *Text
	Output      *Value
	Sensitive   bool
	Limits      *Limits
	Entry       []*Action
	Exit        []*Action
	HasDocument bool
	DocumentAt  diag.Span
	Document    []*Entry
	On          []*Handler
	Always      []*Transition
	AlwaysAt    diag.Span
	After       []*Handler // Event is the delay
	AfterAt     diag.Span
	Invoke      *Invoke
	Initial     *Text
	States      []*State
}

// Handler is what is done on one event: a list of transitions, of which the first that fits is taken.
type Handler struct {
	Event       Text
	Transitions []*Transition
}

// Transition is one candidate of a handler.
type Transition struct {
	Span        diag.Span
	Guard       *Text
	Target      *Text
	Actions     []*Action
	Reenter     bool
	Description *Text
}

// Action is one action with its modifiers.
type Action struct {
	Span    diag.Span
	Name    Text
	Arg     *Value
	As      *Text
	Guard   *Text
	Each    *Text
	Timeout *Text
	OnError *Text
	// Document is the `bxml` in Arg of an action that sends a document.
	Document   []*Entry
	DocumentAt diag.Span
}

// Entry is one verb of a document, or the use of a fragment (then Use is set). With is what the fragment is given, or what a
// Conference tells of the member.
type Entry struct {
	Span       diag.Span
	Verb       Text
	Use        *Text
	With       *Value
	Guard      *Text
	Each       *Text
	Content    *Value // text content, nil when none was given
	ContentKey *Text  // the key that gave it ("text", "number" ...), nil when it stood alone
	Attributes []Pair
	Nested     []*Entry
	NestedAt   diag.Span
}

// Invoke runs another flow on the same call.
type Invoke struct {
	Span diag.Span
	Flow Text
	With *Value
}
