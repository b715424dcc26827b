package simulator

import (
	"slices"
	"strings"
	"time"
)

// Phone is how a number behaves. The zero Phone rings until somebody acts for it.
type Phone struct {
	RingAfter   time.Duration // from being dialled to ringing
	NoRinging   bool          // it never rings; the carrier gives up after 30 s
	Busy        bool          // it is busy, without ringing (SIP status 486)
	Refuse      bool          // it refuses, AnswerAfter of ringing (SIP status 603)
	Answers     bool          // it picks up by itself, AnswerAfter of ringing
	AnswerAfter time.Duration
	// Machine is what machine detection finds: human when empty, or answering-machine, silence, tone-detected, timeout, error.
	Machine string
	// Quiet is how long the party says nothing after it picked up: when longer than silenceTimeout, machine detection finds
	// silence, unless Machine says otherwise.
	Quiet time.Duration
	// MachineAfter is how long detection takes, at most the detectionTimeout of createCall; when 0, that timeout for timeout,
	// the silenceTimeout for silence, else 2 s.
	MachineAfter time.Duration
	Script       []Cue         // what the party does once the call is answered
	HangUpAfter  time.Duration // of being connected; 0 for never
}

// Cue is something that a party does.
type Cue struct {
	After  time.Duration // since the cue before, or since the answer
	Press  string        // digits
	Say    string
	HangUp bool
}

// SetPhone says how a number behaves in calls that begin later: when it is dialled, and, but for ringing and answering, when it
// calls.
func (c *Carrier) SetPhone(number string, p Phone) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p.Script = slices.Clone(p.Script)
	c.phones[number] = p
}

// perform lets the party play its script, from the answer on.
func (l *leg) perform() {
	if d := l.phone.HangUpAfter; d > 0 {
		l.after(d, func() { l.end(causeHangup, "") })
	}
	at := time.Duration(0)
	for _, cue := range l.phone.Script {
		at += max(cue.After, 0)
		l.after(at, func() { l.act(cue) })
	}
}

func (l *leg) act(cue Cue) {
	if l.ended() {
		return
	}
	if keys, err := dialled(cue.Press); err != nil {
		l.problem("script: %s", err)
	} else if keys != "" {
		l.press(keys)
	}
	if cue.Say != "" {
		l.say(cue.Say)
	}
	if cue.HangUp {
		l.hangUp()
	}
}

// ring begins to dial: the phone rings, or not, and the leg gives up in the end. The timeout counts from ringing; a phone that
// does not ring within 30 s is cancelled, as the page of createCall says.
func (l *leg) ring(timeout time.Duration) {
	if l.state == StateQueued {
		l.c.dialer.sessions++
	}
	l.state, l.started, l.updated = StateInitiated, l.c.now(), l.c.now()
	p := l.phone
	if p.NoRinging || p.RingAfter >= longestSilence {
		l.dialing = l.c.after(longestSilence, func() { l.end(causeCancel, "Call did not ring within 30 seconds") })
		return
	}
	if p.Busy {
		l.dialing = l.c.after(p.RingAfter, l.busy)
		return
	}
	l.dialing = l.c.after(p.RingAfter, func() { l.rings(timeout) })
}

// longestSilence is how long a dialled phone may be without ringing.
const longestSilence = 30 * time.Second

func (l *leg) rings(timeout time.Duration) {
	l.ringing, l.updated = true, l.c.now()
	l.tell(Event{Kind: Ringing})
	l.dialing = l.c.after(timeout, func() { l.end(causeTimeout, "Call was not answered before the call timeout") })
	switch p := l.phone; {
	case p.Refuse:
		l.after(p.AnswerAfter, l.refused)
	case p.Answers:
		l.after(p.AnswerAfter, l.answer)
	}
}

func (l *leg) busy() {
	l.sipCode = 486
	l.end(causeBusy, "Callee is busy")
}

func (l *leg) refused() {
	l.sipCode = 603
	l.end(causeRejected, "Callee rejected the call")
}

// isNumber reports whether s is a telephone number (E.164 with its plus) or a SIP URI.
func isNumber(s string) bool {
	if rest, ok := strings.CutPrefix(s, "sip:"); ok {
		return rest != ""
	}
	digits, ok := strings.CutPrefix(s, "+")
	return ok && len(digits) >= 2 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == "" && digits[0] != '0'
}
