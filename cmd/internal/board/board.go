// Package board turns a feed into what a phone shows: the calls, what was heard and said in each, the webhooks, the problems.
package board

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// State is how far a leg has come.
type State string

// The states of a leg.
const (
	Dialing  State = "dialing"
	Ringing  State = "ringing"
	Answered State = "answered"
	Ended    State = "ended"
)

// Leg is one call, as the person at its phone knows it.
type Leg struct {
	ID, From, To string
	Name         string // unlike that of every other leg
	Inbound      bool   // a person dialled; else the carrier did
	State        State
	Began, Until time.Time // when it was dialled, and when it ended
	Verb         string    // that runs
	Waiting      string    // the synchronous event whose answer the leg waits for
	With         string    // the leg it is bridged with, or its conference
	Cause        string    // why it ended
	Gathers      bool      // StartGather takes keys at any time
	Talking      time.Time // until when the party says something
	Document     string    // that runs
	Step         string    // state of the flow
	Path         []string  // the states that it went through, the last at the end
	Via          []string  // the events that led to them
	Values       string    // variables of the flow, one to a line
	Talk         []Said
}

// Said is one thing in a conversation.
type Said struct {
	Time time.Time
	Who  Who
	Text string
}

// Who tells what a line of a conversation is.
type Who uint8

// The kinds of lines.
const (
	Hears  Who = iota // what the party hears
	Does              // what the party does or says
	Notice            // what becomes of the call
)

// Problem is something that went wrong.
type Problem struct {
	Time time.Time
	Leg  string
	Text string
}

// Board is what a feed has come to. Its zero value is empty. Add changes it; it is not safe for concurrent use.
type Board struct {
	Start    time.Time // of the first event
	Now      time.Time // of the last event
	Legs     []*Leg
	Hooks    []*Hook
	Problems []Problem
	// Apology is the text that a caller hears when a flow cannot answer; hearing it is a problem.
	Apology string
	// Names are given to legs by their numbers.
	Names map[string]string

	lines []Line            // what happened, as it is printed
	flows map[string]string // names that a flow gives, by callId
	rooms []*Leg            // conferences
}

// kept bounds what is remembered of each kind.
const kept = 2000

// Leg returns a leg by its callId, nil when there is none.
func (b *Board) Leg(id string) *Leg {
	for _, l := range slices.Backward(b.Legs) {
		if l.ID == id {
			return l
		}
	}
	return nil
}

// Find returns the leg that a person means: by its name, its number, or its callId; the latest of that name. Without such a leg
// it is a conference of that name, which is no leg but has a state. A name that is
// empty means the first leg.
func (b *Board) Find(name string) *Leg {
	if name == "" {
		if len(b.Legs) == 0 {
			return nil
		}
		return b.Legs[0]
	}
	for _, l := range slices.Backward(b.Legs) {
		base, _, _ := strings.Cut(l.Name, "#")
		if l.Name == name || base == name || l.ID == name || l.To == name || l.Inbound && l.From == name {
			return l
		}
	}
	for _, r := range slices.Backward(b.rooms) {
		if r.Name == name || r.ID == name {
			return r
		}
	}
	return nil
}

// Open returns the legs that have not ended.
func (b *Board) Open() []*Leg {
	var open []*Leg
	for _, l := range b.Legs {
		if l.State != Ended {
			open = append(open, l)
		}
	}
	return open
}

// Listens reports whether keys that are pressed now are taken by somebody.
func (l *Leg) Listens() bool {
	return l.State == Answered && (l.Gathers || l.With != "" || l.Verb == "Gather" || l.Verb == "Record" || l.Verb == "Transfer")
}

// Hearkens reports whether what is said now reaches somebody.
func (l *Leg) Hearkens() bool {
	return l.State == Answered && (l.With != "" || l.Verb == "Record" || l.Verb == "Gather")
}

// Heard reports whether the party has heard something with this text in it.
func (l *Leg) Heard(text string) bool {
	return slices.ContainsFunc(l.Talk, func(s Said) bool { return s.Who == Hears && strings.Contains(s.Text, text) })
}

// Add takes the next event.
func (b *Board) Add(e simulator.Event) {
	if !e.Time.IsZero() {
		if b.Start.IsZero() {
			b.Start = e.Time
		}
		if e.Time.After(b.Now) {
			b.Now = e.Time
		}
	}
	switch e.Kind {
	case feed.Named:
		b.rename(e.Call, e.Text)
		return
	case simulator.CallStarted:
		b.begin(e)
		return
	case simulator.WebhookSent, simulator.WebhookAnswered:
		b.hook(e)
		return
	case simulator.RESTRequest:
		b.rest(e)
		return
	}
	l := b.Leg(e.Call)
	if l == nil {
		l = b.room(e)
	}
	switch {
	case l == nil && e.Call != "" && (e.Kind == feed.Stepped || e.Kind == feed.Logged || e.Kind == simulator.Problem):
		l = &Leg{} // of a conference, or of a call that never began
	case l == nil && e.Call != "":
		return // of a call from before we looked
	case l == nil:
		l = &Leg{}
	}
	if change := changes[e.Kind]; change != nil {
		change(b, l, e)
	}
}

func (b *Board) begin(e simulator.Event) {
	l := &Leg{ID: e.Call, From: e.From, To: e.To, Inbound: e.Direction != "outbound", State: Dialing, Began: e.Time}
	l.Name = b.unique(b.wanted(l))
	b.Legs = append(b.Legs, l)
	if l.Inbound {
		l.State = Ringing
		b.note(l, e, "calls "+e.To)
		return
	}
	b.note(l, e, "is called at "+e.To)
}

// wanted is the name of a leg, if no other has it.
func (b *Board) wanted(l *Leg) string {
	number := l.To
	if l.Inbound {
		number = l.From
	}
	switch {
	case b.Names[number] != "":
		return b.Names[number]
	case b.flows[l.ID] != "":
		return b.flows[l.ID]
	case l.Inbound:
		return "caller"
	case len(b.Legs) == 0:
		return "callee"
	}
	return number
}

// unique numbers names that are used again: agent, agent#2.
func (b *Board) unique(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(b.Legs, func(l *Leg) bool { return l.Name == name })
	}
	if !taken(name) {
		return name
	}
	for n := 2; ; n++ {
		if again := fmt.Sprintf("%s#%d", name, n); !taken(again) {
			return again
		}
	}
}

// rename gives a leg the name that the flow has for it, unless a person gave one to its number.
func (b *Board) rename(id, name string) {
	if b.flows == nil {
		b.flows = map[string]string{}
	}
	b.flows[id] = name
	l := b.Leg(id)
	if l == nil || b.Names[l.To] != "" {
		return
	}
	old := l.Name
	l.Name = ""
	l.Name = b.unique(name)
	for _, h := range b.Hooks {
		if h.call == id && h.Leg == old {
			h.Leg = l.Name
		}
	}
}

// Spell writes the names of legs into a text that has their callIds.
func (b *Board) Spell(text string) string {
	for _, l := range b.Legs {
		if l.ID != "" && strings.Contains(text, l.ID) {
			text = regexp.MustCompile(`(\bleg )?\b`+regexp.QuoteMeta(l.ID)+`\b`).ReplaceAllLiteralString(text, l.Name)
		}
	}
	return text
}

// name returns the name of a leg, "" when there is none.
func (b *Board) name(id string) string {
	if l := b.Leg(id); l != nil {
		return l.Name
	}
	return ""
}

func (b *Board) problem(e simulator.Event, text string) {
	b.Problems = trim(append(b.Problems, Problem{Time: e.Time, Leg: b.name(e.Call), Text: Clean(text)}))
}

func trim[T any](list []T) []T {
	if len(list) <= kept {
		return list
	}
	return slices.Clone(list[len(list)-kept:])
}
