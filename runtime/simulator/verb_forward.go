package simulator

// forward is a Forward: a second leg is dialled, and the application has no say any more. It hears of the end of the call only.
type forward struct {
	x    *execution
	dest *leg
}

func startForward(x *execution) verb {
	l := x.leg
	if l.direction != inbound || l.state != StateInitiated {
		x.fail(causeApp, "Forward needs an inbound call that has not been answered")
		return nil
	}
	if l.gatherer != nil {
		x.fail(causeApp, "Forward cannot be combined with StartGather")
		return nil
	}
	from := x.value("from")
	if from == "" {
		from = l.to
	}
	f := &forward{x: x, dest: l.c.dialLeg(l, from, x.value("to"))}
	f.dest.onAnswer = f.answered
	f.dest.onEnd = append(f.dest.onEnd, f.ended)
	f.dest.ring(x.seconds("callTimeout"))
	return f
}

// dialLeg makes a leg that is dialled on behalf of another one. It rings when the caller has set what its answer and its end
// lead to; see leg.ring. The limits of the account count it, and do not stop it.
func (c *Carrier) dialLeg(parent *leg, from, to string) *leg {
	c.dialer.count(c)
	l := c.newLeg(outbound, from, to)
	l.parent, l.app, l.timeout, l.phone = parent.id, parent.app, parent.timeout, c.phones[to]
	l.enqueue()
	l.tell(Event{Kind: CallStarted, From: from, To: to, Direction: outbound, Parent: parent.id})
	return l
}

func (f *forward) answered() {
	l := f.x.leg
	l.answer()
	join(l, f.dest)
}

// ended ends the caller's leg with the other one, for the same cause.
func (f *forward) ended() {
	if !f.x.closed {
		f.x.leg.end(f.dest.cause, f.dest.errorMessage)
	}
}

func (f *forward) cancel(reason) {
	cause := causeHangup
	if f.dest.state != StateAnswered {
		cause = causeCancel
	}
	f.dest.end(cause, "Call was cancelled")
}
