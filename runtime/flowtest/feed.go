package flowtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// happened takes the feed of the carrier, which must not be called meanwhile.
func (w *people) happened(e simulator.Event) {
	switch e.Kind {
	case simulator.CallStarted:
		w.rose(e)
		return
	case simulator.DocumentStarted:
		w.heard(e)
		return
	case simulator.Problem:
		w.problems = append(w.problems, e.Text)
		return
	case simulator.Ended:
		if broke(e.Cause) {
			w.problems = append(w.problems, fmt.Sprintf("a call ended, cause %s: %s", e.Cause, e.Text))
		}
		return
	case simulator.WebhookAnswered:
		if e.Status >= http.StatusBadRequest {
			w.broken = append(w.broken, fmt.Sprintf("the webhook %s was refused with status %d: %s", e.Type, e.Status, or(w.errors.last(), "nobody said why")))
		}
		return
	}
	l := w.legWithID(e.Call)
	if l == nil {
		return
	}
	switch e.Kind {
	case simulator.Heard:
		if e.Duration > 0 { // keys take none
			l.hears(plain(e.Text))
		}
	case simulator.Spoken:
		if text := plain(e.Text); !strings.Contains(l.heard, text) {
			l.hears(text)
		}
	case simulator.VerbStarted:
		switch e.Verb {
		case "StartGather":
			l.listen = true
		case "StopGather":
			l.listen = false
		}
	case simulator.Said:
		w.said = e.Duration
	}
}

// broke reports whether a call ended because of its webhooks or documents, and not because somebody wanted it.
func broke(cause string) bool {
	return cause == "callback-error" || cause == "invalid-bxml" || cause == "application-error" || cause == "error"
}

// rose adds a call that came up. That of a start is there already.
func (w *people) rose(e simulator.Event) {
	if w.started != nil && e.Direction == "outbound" && e.Parent == "" {
		w.started.id = e.Call
		w.started = nil
		return
	}
	l := &leg{id: e.Call, number: e.From}
	if e.Direction == "outbound" {
		l.number = e.To
	}
	w.legs = append(w.legs, l)
}

// heard takes a document that begins on a call or in a conference.
func (w *people) heard(e simulator.Event) {
	l := w.legWithID(e.Call)
	if l == nil && e.Other != "" {
		l = w.meeting(e.Other)
	}
	if d := decoded(e.Body); l != nil && d != nil {
		l.docs = append(l.docs, d)
		l.hears(d.Spoken())
	}
}

// meeting returns the conference of a name, which is known from its first document or step on.
func (w *people) meeting(name string) *leg {
	for _, l := range w.legs {
		if l.as == name && l.number == "" {
			return l
		}
	}
	l := &leg{as: name}
	w.legs = append(w.legs, l)
	return l
}

// conferenceID returns the id of the last conference of a name.
func (w *people) conferenceID(name string) string {
	for _, r := range slices.Backward(w.carrier.Conferences()) {
		if r.Name == name {
			return r.ID
		}
	}
	return ""
}
