package bxml

import (
	"slices"
	"strings"
)

// Verb is a row of the table: one element of BXML, a verb or a child of one.
type Verb struct {
	Name   string
	Level  Level
	Status Status
	Since  string // when it appeared, "" when it is older than the sources
	Doc    string // what it does, one sentence
	// Content is the text between the tags; nil when the element takes none.
	Content    *Content
	Attributes []Attribute
	Children   Children
	// Parents are the elements that take this one as a child.
	Parents []string
	// Blocking tells when the next verb waits for the end of this one.
	Blocking When
	// Dead tells when the verbs after this one in the document never run.
	Dead     When
	Webhooks []Webhook
	// Absent tells what it means to leave the URLs out, when the verb has any.
	Absent string
	// Transfer and Conference tell whether the verb may stand in a document that answers transferAnswer, and in one that
	// runs on a conference. Every top-level verb may stand in a document of a call.
	Transfer, Conference Permission
	Rules                []string // what holds beyond attributes and children, for people
	Notes                []string // where sources contradict each other or somebody will be surprised
}

// Level tells where an element stands.
type Level uint8

// The levels.
const (
	Top   Level = iota // directly in the document
	Child              // in another verb only
	Both               // either
)

// String returns "top", "child" or "both".
func (l Level) String() string { return [...]string{"top", "child", "both"}[min(l, Both)] }

// Status tells how far the carrier stands behind an element or an attribute.
type Status string

// The statuses.
const (
	GA   Status = "ga"   // generally available
	Beta Status = "beta" // announced as beta by the carrier
	New  Status = "new"  // in the carrier's pages of 2026, but not in a release of every SDK
)

// Context is the kind of document: what it runs on.
type Context uint8

// The contexts.
const (
	Call        Context = iota // a call
	TransferLeg                // the called leg of a Transfer before it is bridged: the answer to transferAnswer
	Conference                 // a conference
)

// String returns how messages name c.
func (c Context) String() string {
	return [...]string{"a call", "a transfer leg", "a conference"}[min(c, Conference)]
}

// Permission tells whether a verb may stand in a kind of document.
type Permission uint8

// The permissions.
const (
	Allowed   Permission = iota // the carrier lists it
	Unlisted                    // neither listed nor excluded by the carrier's pages
	Forbidden                   // the carrier refuses the document
)

// String returns "allowed", "unlisted" or "forbidden".
func (p Permission) String() string {
	return [...]string{"allowed", "unlisted", "forbidden"}[min(p, Forbidden)]
}

// Webhook is an event that a verb can raise.
type Webhook struct {
	Event string // the wire name, such as "bridgeComplete"
	Sync  bool   // the answer is BXML
	// Attribute is the attribute of this verb that holds the URL; "" when the URL stands elsewhere, then Elsewhere says where.
	Attribute string
	Elsewhere string
	On        Executor // what runs the answer of a synchronous one
	Note      string
}

// Executor names what runs the BXML that answers a webhook.
type Executor string

// The executors. Nothing runs the answer of an asynchronous webhook.
const (
	OnNothing    Executor = ""
	OnCall       Executor = "this call"
	OnTarget     Executor = "the target call"
	OnLeg        Executor = "the new leg"
	OnConference Executor = "the conference"
)

// Children are the elements that an element takes.
type Children struct {
	Allowed  []string // nil for none
	Min, Max int      // Max 0 is no bound
	// Product bounds the number of children times the value of the attribute Times; 0 is no bound.
	Product int
	Times   string
	// Bare children take no attributes in this element.
	Bare bool
}

// When is a condition on the attributes of an element. The zero When never holds.
type When struct {
	Always    bool
	Attribute string   // otherwise: this attribute is set ...
	Values    []string // ... to one of these values, compared ignoring case; any when empty ...
	Prefix    string   // ... that begins like this
}

// Holds reports whether w holds for e. An attribute that is not set does not count as set to its default.
func (w When) Holds(e *Element) bool {
	if w.Always || w.Attribute == "" {
		return w.Always
	}
	value, ok := e.Attr(w.Attribute)
	return ok && w.holds(value)
}

func (w When) holds(value string) bool {
	if len(w.Values) > 0 && !slices.ContainsFunc(w.Values, func(v string) bool { return strings.EqualFold(v, value) }) {
		return false
	}
	return strings.HasPrefix(value, w.Prefix)
}

// String describes w: "never", "always", "when gatherUrl is set", "when wait is true".
func (w When) String() string {
	switch {
	case w.Always:
		return "always"
	case w.Attribute == "":
		return "never"
	case len(w.Values) > 0:
		return "when " + w.Attribute + " is " + strings.Join(w.Values, " or ")
	case w.Prefix != "":
		return "when " + w.Attribute + " begins with " + w.Prefix
	}
	return "when " + w.Attribute + " is set"
}

// Verbs returns every element in the order of the table, children after the verbs that take them.
func Verbs() []*Verb { return slices.Clone(table) }

// Lookup returns the element of that name, nil when there is none. Names are case-sensitive.
func Lookup(name string) *Verb { return byName[name] }

// Attribute returns the attribute of that name, nil when there is none.
func (v *Verb) Attribute(name string) *Attribute { return attribute(v.Attributes, name) }

func attribute(attributes []Attribute, name string) *Attribute {
	for i := range attributes {
		if attributes[i].Name == name {
			return &attributes[i]
		}
	}
	return nil
}

// URL returns the attribute that holds the URL of an event; nil when no attribute of v does. It is never a fallback URL.
func (v *Verb) URL(event string) *Attribute {
	for i := range v.Attributes {
		if a := &v.Attributes[i]; a.FallbackOf == "" && slices.Contains(a.Events, event) {
			return a
		}
	}
	return nil
}

// In returns whether v may stand in a document of kind c. It looks at the kind only: a child belongs in its parent.
func (v *Verb) In(c Context) Permission {
	switch c {
	case TransferLeg:
		return v.Transfer
	case Conference:
		return v.Conference
	}
	return Allowed
}

// AllowedIn reports whether v may stand in a document of kind c, because the carrier lists it there or because its pages do
// not say.
func (v *Verb) AllowedIn(c Context) bool { return v.In(c) != Forbidden }
