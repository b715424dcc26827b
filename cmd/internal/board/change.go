package board

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// change is what an event does to a leg.
type change func(b *Board, l *Leg, e simulator.Event)

// changes are those of the kinds of events that concern one leg.
var changes = map[simulator.Kind]change{
	simulator.Ringing: func(b *Board, l *Leg, e simulator.Event) {
		l.State = Ringing
		b.note(l, e, "rings")
	},
	simulator.Answered: func(b *Board, l *Leg, e simulator.Event) {
		l.State = Answered
		if l.Inbound {
			b.note(l, e, "is answered")
		} else {
			b.note(l, e, "answers")
		}
	},
	simulator.Spoken: func(b *Board, l *Leg, e simulator.Event) {
		b.tell(l, e, Hears, e.Text, "hears "+quote(e.Text))
		if b.Apology != "" && e.Text == b.Apology {
			b.problem(e, "the caller hears the apology")
		}
	},
	simulator.Played: func(b *Board, l *Leg, e simulator.Event) {
		b.tell(l, e, Hears, "♪ "+e.URL, "hears "+e.URL)
	},
	simulator.Heard: func(b *Board, l *Leg, e simulator.Event) {
		text := b.party(e.Other) + ": " + heard(e.Text)
		b.tell(l, e, Hears, text, "hears "+text)
	},
	simulator.Pressed: func(b *Board, l *Leg, e simulator.Event) { b.tell(l, e, Does, "presses "+e.Text, "presses "+e.Text) },
	simulator.Said: func(b *Board, l *Leg, e simulator.Event) {
		l.Talking = e.Time.Add(e.Duration)
		b.tell(l, e, Does, "says "+quote(e.Text), "says "+quote(e.Text))
	},
	simulator.DocumentStarted: func(b *Board, l *Leg, e simulator.Event) {
		l.Document, l.Verb, l.Waiting = e.Body, "", ""
		b.line(Line{Time: e.Time, Who: l.Name, Text: "gets " + Outline(e.Body), Kind: e.Kind, Document: e.Body, Detail: true})
	},
	simulator.VerbStarted: startVerb,
	simulator.Bridged: func(b *Board, l *Leg, e simulator.Event) {
		l.With = b.party(e.Other)
		b.note(l, e, "is connected with "+l.With)
	},
	simulator.Unbridged: func(b *Board, l *Leg, e simulator.Event) {
		l.With = ""
		b.note(l, e, "is alone again")
	},
	simulator.ConferenceJoined: func(b *Board, l *Leg, e simulator.Event) {
		l.With = e.Other
		b.note(l, e, "joins the conference "+e.Other)
	},
	simulator.ConferenceLeft: func(b *Board, l *Leg, e simulator.Event) {
		l.With = ""
		b.note(l, e, "leaves the conference "+e.Other)
	},
	simulator.RecordingStarted: func(b *Board, l *Leg, e simulator.Event) { b.note(l, e, "is recorded") },
	simulator.RecordingStopped: func(b *Board, l *Leg, e simulator.Event) {
		b.note(l, e, "is no longer recorded, "+span(e.Duration))
	},
	simulator.Problem: func(b *Board, l *Leg, e simulator.Event) {
		b.problem(e, e.Text)
		b.line(Line{Time: e.Time, Who: l.Name, Text: "problem: " + e.Text, Kind: e.Kind})
	},
	simulator.Ended: endLeg,
	feed.Stepped:    stepLeg,
	feed.Valued:     func(_ *Board, l *Leg, e simulator.Event) { l.Values = e.Text },
	feed.Logged: func(b *Board, l *Leg, e simulator.Event) {
		b.line(Line{Time: e.Time, Who: l.Name, Text: "log: " + e.Text, Kind: e.Kind})
	},
}

func startVerb(_ *Board, l *Leg, e simulator.Event) {
	l.Verb = e.Verb
	switch e.Verb {
	case "StartGather":
		l.Gathers = true
	case "StopGather":
		l.Gathers = false
	}
}

func endLeg(b *Board, l *Leg, e simulator.Event) {
	l.State, l.Cause, l.Until, l.Verb, l.Waiting, l.With = Ended, e.Cause, e.Time, "", "", ""
	text := "has ended: " + e.Cause
	if e.Text != "" {
		text += ", " + e.Text
	}
	b.note(l, e, text)
	if e.Cause == "callback-error" || e.Cause == "invalid-bxml" || e.Cause == "application-error" {
		b.problem(e, text)
	}
}

// stepLeg follows the state of the flow.
func stepLeg(b *Board, l *Leg, e simulator.Event) {
	text := strings.TrimSpace(e.Other + " -> " + e.Text)
	switch {
	case e.Text == "":
		text = "no state"
	case e.Other == e.Text:
		text = e.Text
	}
	if e.Text != "" && e.Text != l.Step {
		l.Path, l.Via = trim(append(l.Path, e.Text)), trim(append(l.Via, strings.TrimPrefix(e.Type, ".")))
	}
	l.Step = e.Text
	text += " (" + strings.TrimPrefix(e.Type, ".")
	if e.Cause != "" {
		text += ", " + e.Cause
	}
	text += ")"
	if e.Err != "" {
		text += ": " + e.Err
		if e.Cause != feed.Handled {
			b.problem(e, e.Err)
		}
	}
	if e.Text == "" && e.Err == "" { // of a leg that is still dialed, or a webhook of nobody
		return
	}
	same := e.Other == e.Text && e.Err == "" && (e.Cause != "" || e.Type == "legAnswered")
	b.line(Line{Time: e.Time, Who: l.Name, Text: text, Kind: e.Kind, Detail: same})
}

// note tells what becomes of a call.
func (b *Board) note(l *Leg, e simulator.Event, text string) { b.tell(l, e, Notice, text, text) }

// tell puts something into the conversation of a leg, and onto the output in other words.
func (b *Board) tell(l *Leg, e simulator.Event, who Who, talk, line string) {
	l.Talk = trim(append(l.Talk, Said{Time: e.Time, Who: who, Text: Clean(talk)}))
	b.line(Line{Time: e.Time, Who: l.Name, Text: line, Kind: e.Kind})
}

// party names the other end of a bridge.
func (b *Board) party(id string) string {
	if name := b.name(id); name != "" {
		return name
	}
	return id
}

// heard writes what comes through a bridge: words in quotes, and what is no speech as it is.
func heard(text string) string {
	if digits, ok := strings.CutPrefix(text, "dtmf "); ok {
		return "the tone of " + digits
	}
	return quote(text)
}

func quote(text string) string { return strconv.Quote(text) }

// span writes a length in seconds.
func span(d time.Duration) string {
	return fmt.Sprintf("%g s", d.Round(100*time.Millisecond).Seconds())
}
