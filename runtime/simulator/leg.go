package simulator

import (
	"net/url"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// State is the state of a call, as GET /calls/{callId} names it.
type State string

// The states of a call.
const (
	StateQueued       State = "queued"
	StateInitiated    State = "initiated"
	StateAnswered     State = "answered"
	StateDisconnected State = "disconnected"
)

const (
	inbound  = "inbound"
	outbound = "outbound"
)

// leg is a call: one party and the BXML that runs on it.
type leg struct {
	c            *Carrier
	id, parent   string // parent is the call that dialled this leg by Transfer or Forward
	from, to     string
	direction    string
	app          string // application id
	state        State
	ringing      bool
	phone        Phone // what the called, or calling, party does by itself
	enqueued     time.Time
	started      time.Time
	answeredAt   time.Time
	endedAt      time.Time
	updated      time.Time
	cause        string
	errorMessage string
	errorID      string
	sipCode      int
	tag          string
	timeout      time.Duration // of webhooks
	inbound      *Inbound      // of an inbound call
	creation     *creation     // of a call made by createCall

	transferCallerID, transferTo string // of the called leg of a Transfer

	disconnect targets  // where disconnect is sent
	onAnswer   func()   // what the answer of an outbound leg leads to
	onEnd      []func() // runs after disconnect has been sent
	timers     []*timer // of dialling and of the phone, stopped when the leg ends
	dialing    *timer   // rings, or gives up

	// The interpreter, see interpreter.go.
	context bxml.Context // of the documents of this leg
	atEnd   func()       // what the end of a document means; nil for the implicit Hangup
	program *program     // the document that runs, nil when none does
	running *execution   // the verb that runs, or the occupant (see occupy); nil when none does
	asked   *hook        // the synchronous webhook whose answer will be the next document
	base    *url.URL     // where the last document came from
	looping bool
	burst   burst

	engaged, keyed time.Time // when the party has said what it says, and may press the next key: see manners.go

	gatherer *gatherer // StartGather
	ahead    string    // digits for the next Gather, with Choices.TypeAhead
	heard    []string
	document string
	with     string // the other leg of a bridge, or the conference

	background // what runs beside the document: see recording.go, stream.go
}

// burst counts what a call does at one instant, in real time without a pause.
type burst struct {
	at time.Time
	n  int
}

// maxHeard bounds what is kept of the things a leg heard.
const maxHeard = 1000

func (c *Carrier) newLeg(direction, from, to string) *leg {
	l := &leg{c: c, id: c.ids.make("c"), direction: direction, from: from, to: to, state: StateInitiated, timeout: defaultTimeout, updated: c.now()}
	c.forget()
	c.legs[l.id] = l
	c.dialer.sessions++
	c.order = append(c.order, l)
	return l
}

// keepCalls is how long GET /calls/{callId} shows a call after its end.
const keepCalls = 7 * 24 * time.Hour

// forget drops calls that ended long ago.
func (c *Carrier) forget() {
	limit := c.now().Add(-keepCalls)
	n := 0
	for n < len(c.order) && c.order[n].ended() && c.order[n].endedAt.Before(limit) {
		delete(c.legs, c.order[n].id)
		n++
	}
	c.order = slices.Delete(c.order, 0, n)
}

func (l *leg) ended() bool { return l.state == StateDisconnected }

// answer takes the call: an inbound one because a verb needs its media, an outbound one because somebody picked up.
func (l *leg) answer() {
	if l.state != StateInitiated {
		return
	}
	l.state, l.ringing = StateAnswered, false
	l.answeredAt, l.updated = l.c.now(), l.c.now()
	l.c.stop(l.dialing)
	l.tell(Event{Kind: Answered})
	l.perform()
	if l.onAnswer != nil {
		l.onAnswer()
	}
}

// end ends the call. What runs on it is cancelled first, then disconnect is sent, then onEnd runs. A second end does nothing.
func (l *leg) end(cause, message string) {
	if l.ended() {
		return
	}
	if other := l.c.outcome("disconnect", l.id, cause); other != cause {
		cause, message = other, internalError
	}
	now := l.c.now()
	if l.state != StateQueued {
		l.c.dialer.sessions--
	}
	l.state, l.ringing = StateDisconnected, false
	l.endedAt, l.updated, l.cause = now, now, cause
	if cause != causeHangup {
		l.errorMessage, l.errorID = message, l.c.ids.uuid()
	}
	l.halt(callEnded)
	l.stopBackground()
	for _, t := range append(l.timers, l.dialing) {
		l.c.stop(t)
	}
	l.tell(Event{Kind: Ended, Cause: cause, Text: message})
	l.sendDisconnect()
	for _, after := range l.onEnd {
		after()
	}
	l.onEnd = nil
	l.c.dialer.freed(l.c)
}

func (l *leg) sendDisconnect() {
	if l.disconnect.primary.url == nil {
		return
	}
	l.notify("disconnect", &event.Disconnect{
		EndTime: event.TimeOf(l.endedAt), Cause: l.cause, ErrorMessage: l.errorMessage, ErrorID: l.errorID,
		SIPCallID: sipCallID(l.id), SIPResponseCode: l.sipCode,
	}, l.disconnect)
}

// The causes of disconnect, as its page lists them, with the words that we put beside them in errorMessage.
const (
	causeHangup   = "hangup"
	causeBusy     = "busy"
	causeTimeout  = "timeout"
	causeCancel   = "cancel"
	causeRejected = "rejected"
	causeCallback = "callback-error"
	causeInvalid  = "invalid-bxml"
	causeApp      = "application-error"
	causeLimit    = "account-limit"
	causeError    = "error"
)

// after lets run happen d from now, unless the leg has ended by then.
func (l *leg) after(d time.Duration, run func()) *timer {
	t := l.c.after(d, run)
	l.timers = append(l.timers, t)
	return t
}

// hears keeps what the party heard, for snapshots.
func (l *leg) hears(what string) {
	if l.heard = append(l.heard, what); len(l.heard) > maxHeard {
		l.heard = l.heard[1:]
	}
}
