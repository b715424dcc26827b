package board

import (
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Hook is a webhook or a request by REST.
type Hook struct {
	Time     time.Time
	Leg      string // its name
	Type     string
	Status   int
	Took     time.Duration
	Err      string
	REST     bool
	Fallback bool
	answered bool
	call     string
	url      string
}

// hook follows a webhook.
func (b *Board) hook(e simulator.Event) {
	name := b.name(e.Call)
	l := b.Leg(e.Call)
	if e.Kind == simulator.WebhookSent {
		if r := b.room(e); l == nil && e.Call == "" && r != nil {
			name = r.Name
		}
		b.Hooks = trim(append(b.Hooks, &Hook{Time: e.Time, Leg: name, Type: e.Type, call: e.Call, url: e.URL, Fallback: e.Fallback}))
		if row := event.Lookup(e.Type); l != nil && row != nil && row.Sync {
			l.Verb, l.Waiting = "", e.Type
		}
		return
	}
	h := b.pending(e)
	h.Status, h.Err, h.Took, h.answered = e.Status, e.Err, e.Time.Sub(h.Time), true
	if l != nil && l.Waiting == e.Type {
		l.Waiting = ""
	}
	if name == "" {
		name = h.Leg
	}
	text := e.Method + " " + short(e.URL) + " " + e.Type + " -> " + outcome(e)
	if e.Fallback {
		text += " (fallback)"
	}
	b.line(Line{Time: e.Time, Who: name, Text: text, Kind: e.Kind})
	if e.Err != "" {
		b.problem(e, e.Type+": "+e.Err)
	}
}

// pending returns the webhook that an answer belongs to.
func (b *Board) pending(e simulator.Event) *Hook {
	for _, h := range b.Hooks {
		if !h.answered && !h.REST && h.call == e.Call && h.Type == e.Type && h.url == e.URL && h.Fallback == e.Fallback {
			return h
		}
	}
	h := &Hook{Time: e.Time, Leg: b.name(e.Call), Type: e.Type} // a fault of the carrier kept it from being sent
	b.Hooks = trim(append(b.Hooks, h))
	return h
}

func (b *Board) rest(e simulator.Event) {
	h := &Hook{Time: e.Time, Leg: b.name(e.Call), Type: e.Type, Status: e.Status, Err: e.Err, REST: true, answered: true}
	if h.Type == "" {
		h.Type = e.Method + " " + e.URL
	}
	b.Hooks = trim(append(b.Hooks, h))
	b.line(Line{Time: e.Time, Who: h.Leg, Text: "REST " + h.Type + " -> " + outcome(e), Kind: e.Kind})
}
