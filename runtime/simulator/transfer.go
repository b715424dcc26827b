package simulator

import (
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// legVerbs are the verbs that concern several legs.
func legVerbs() map[string]starter {
	return map[string]starter{
		"Transfer":   answering(startTransfer),
		"Bridge":     answering(startBridge),
		"Conference": answering(startConference),
	}
}

// transfer is a Transfer. All its targets ring at once; the first one that answers wins, runs the answer to transferAnswer, and
// is bridged at the end of it.
type transfer struct {
	x      *execution
	legs   []*leg
	winner *leg
}

func startTransfer(x *execution) verb {
	t := &transfer{x: x}
	a, caller := x.leg, t.callerID()
	if message := a.c.dialer.limit(a.c); message != "" {
		x.finish("transferComplete", &event.TransferComplete{
			TransferCallerID: caller, TransferTo: strings.TrimSpace(x.element.Children[0].Text),
			Cause: causeLimit, ErrorMessage: message, ErrorID: a.c.ids.uuid(),
		})
		return nil
	}
	for _, child := range x.element.Children {
		t.dial(child, caller)
	}
	timeout := x.seconds("callTimeout")
	for _, b := range t.legs {
		b.ring(timeout)
	}
	return t
}

// limit returns which limit of the account keeps a Transfer from dialling, "" when none does. A Transfer is judged once, and then
// dials all its targets: the pages allow 8 at once and 5 calls per second.
func (d *dialer) limit(c *Carrier) string {
	switch {
	case !d.room(c):
		return concurrentLimit
	case d.next(c) > 0:
		return creationLimit
	}
	return ""
}

// callerID returns the number that the targets see: by default that of the party at the other end of the calling leg.
func (t *transfer) callerID() string {
	if id := t.x.value("transferCallerId"); id != "" {
		return id
	}
	if t.x.leg.direction == inbound {
		return t.x.leg.from
	}
	return t.x.leg.to
}

// dial makes the leg of a target. Its events carry the numbers of the calling leg, as the page of transferAnswer says; its own
// are transferCallerId and transferTo. It begins with the calling leg's tag, which a tag of its own replaces or clears.
func (t *transfer) dial(child *bxml.Element, caller string) {
	a, number := t.x.leg, strings.TrimSpace(child.Text)
	b := a.c.dialLeg(a, caller, number)
	b.from, b.to, b.transferCallerID, b.transferTo, b.tag = a.from, a.to, caller, number, a.tag
	if tag, ok := child.Attr("tag"); ok {
		b.tag = tag
	}
	if a.c.cfg.Choices.DisconnectLegs {
		b.disconnect = a.disconnect
	}
	answer, disconnect := t.x.targets(child, "transferAnswer"), t.x.targets(child, "transferDisconnect")
	b.onAnswer = func() { t.answered(b, answer) }
	b.onEnd = append(b.onEnd, func() { t.ended(b, disconnect) })
	t.legs = append(t.legs, b)
}

func (t *transfer) answered(b *leg, at targets) {
	t.winner = b
	if at.primary.url == nil {
		t.bridge(b)
	} else {
		b.context, b.atEnd = bxml.TransferLeg, func() { t.bridge(b) }
		b.ask("transferAnswer", &event.TransferAnswer{}, at)
	}
	for _, other := range t.legs {
		if other != b {
			other.end(causeCancel, "Another target answered")
		}
	}
}

// bridge connects the leg that won with the calling one.
func (t *transfer) bridge(b *leg) {
	b.context, b.atEnd = bxml.Call, nil
	b.occupy("Transfer", func(*execution) verb { return &transferred{t} })
	join(t.x.leg, b)
}

// ended reports the end of a target's leg, and that of the Transfer when it ends with it.
func (t *transfer) ended(b *leg, at targets) {
	report := func() {
		b.notify("transferDisconnect", &event.TransferDisconnect{
			EndTime: event.TimeOf(b.endedAt), Cause: b.cause, ErrorMessage: b.errorMessage, ErrorID: b.errorID,
		}, at)
	}
	over := t.winner == b || t.winner == nil && !slices.ContainsFunc(t.legs, func(l *leg) bool { return !l.ended() })
	if over && t.x.leg.c.cfg.Choices.CompleteFirst {
		t.complete(b, b.cause)
		report()
		return
	}
	report()
	if over {
		t.complete(b, b.cause)
	}
}

// complete ends the Transfer on the calling leg, unless that has left it already. It tells about one leg: the one that won, else
// the last one that ended.
func (t *transfer) complete(b *leg, cause string) {
	t.x.finish("transferComplete", &event.TransferComplete{
		TransferCallerID: b.transferCallerID, TransferTo: b.transferTo, Cause: cause, ErrorMessage: b.errorMessage, ErrorID: b.errorID,
	})
}

// cancel ends the other legs, because the calling one hung up or got other BXML.
func (t *transfer) cancel(reason) {
	for _, b := range t.legs {
		if b.state == StateAnswered {
			b.end(causeHangup, "")
		} else {
			b.end(causeCancel, "Call was cancelled")
		}
	}
}

// transferred is what the leg that won does while it is bridged.
type transferred struct{ t *transfer }

// cancel lets the leg go its own way: it got other BXML, which ends the Transfer as a hang-up does. The end of the leg itself is
// dealt with by transfer.ended.
func (v *transferred) cancel(why reason) {
	if why == callEnded {
		return
	}
	b := v.t.winner
	part(b)
	v.t.legs = slices.DeleteFunc(v.t.legs, func(l *leg) bool { return l == b })
	b.c.after(0, func() { v.t.complete(b, causeHangup) })
}

// join connects two legs: what one party says the other one hears.
func join(a, b *leg) {
	a.peer, b.peer = b, a
	a.with, b.with = b.id, a.id
	a.tell(Event{Kind: Bridged, Other: b.id})
	b.tell(Event{Kind: Bridged, Other: a.id})
}

// part disconnects a leg from the one that it is joined to, if any. Keys that were pressed meanwhile were for the other party.
func part(a *leg) {
	b := a.peer
	if b == nil {
		return
	}
	for _, l := range []*leg{a, b} {
		l.tell(Event{Kind: Unbridged, Other: l.with})
		l.peer, l.with, l.ahead = nil, "", ""
	}
}

// relay lets those hear what a party says, or the keys it presses, who are connected with it.
func (l *leg) relay(text string, lasts time.Duration) {
	switch {
	case l.peer != nil:
		l.peer.overhears(l, text, lasts)
	case l.seat != nil:
		l.seat.room.relay(l.seat, text, lasts)
	}
}

func (l *leg) overhears(from *leg, text string, lasts time.Duration) {
	l.tell(Event{Kind: Heard, Other: from.id, Text: text, Duration: lasts})
	l.hears(text)
	l.played(text, lasts)
}
