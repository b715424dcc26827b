package flowtest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// cannot is why a person cannot do what a step says. That is no failure where it is to be expected.
type cannot struct{ text string }

func (c *cannot) Error() string { return c.text + expectHelp }

// cannot says why the party of a leg cannot do something.
func (w *people) cannot(a *act, l *leg, why string, args ...any) error {
	return &cannot{fmt.Sprintf("%s cannot %s: ", w.called(l), a.words()) + fmt.Sprintf(why, args...)}
}

// phone lets the party of a leg do something.
func (w *people) phone(step *step, l *leg, c *simulator.Call) error {
	a := step.act
	switch {
	case c.State == simulator.StateDisconnected:
		return w.cannot(a, l, "the call has ended (%s)", c.Cause)
	case a.kind == "pickUp", a.kind == "refuse", a.kind == "busy":
		return w.rung(a, l, c)
	case a.kind == "press":
		if err := w.listens(step, l, takesKeys); err != nil {
			return err
		}
		return w.carrier.Press(l.id, a.text)
	case a.kind == "say":
		if err := w.listens(step, l, mayTalk); err != nil {
			return err
		}
		if err := w.carrier.Say(l.id, a.text); err != nil {
			return err
		}
		return w.carrier.Advance(context.Background(), w.said) // whoever says something takes his time
	case c.State != simulator.StateAnswered && c.Direction == "outbound":
		return w.cannot(a, l, "the phone rings; write `refuse` or `pickUp`")
	}
	return w.carrier.HangUp(l.id)
}

// words returns what somebody does, as messages say it.
func (a *act) words() string {
	switch a.kind {
	case "pickUp":
		return "pick up"
	case "hangUp":
		return "hang up"
	case "busy":
		return "be busy"
	}
	return a.kind
}

// rung lets the party of a leg that rings decide.
func (w *people) rung(a *act, l *leg, c *simulator.Call) error {
	switch {
	case c.Direction == "inbound":
		return w.cannot(a, l, "this is who calls, and the flow picks up")
	case c.State == simulator.StateAnswered:
		return w.cannot(a, l, "the phone does not ring, the call was answered")
	case !c.Ringing:
		return w.cannot(a, l, "the phone does not ring yet, the call is %s", c.State)
	case a.kind == "pickUp" && a.text != "":
		if w.carrier.PickUpAs(l.id, a.text) != nil { // it rings, and the finding is one
			return fmt.Errorf("%s picks up, but the flow does not ask for machine detection", w.called(l))
		}
		return nil
	case a.kind == "pickUp":
		return w.carrier.PickUp(l.id)
	case a.kind == "refuse":
		return w.carrier.Refuse(l.id)
	}
	return w.carrier.Busy(l.id)
}

// longestPatience is how long somebody listens before he presses or says something.
const longestPatience = 5 * time.Minute

// listens lets the time pass while somebody is spoken to: people hear a sentence out before they act.
func (w *people) listens(step *step, l *leg, ready func(*leg, *simulator.Call) bool) error {
	until := w.now().Add(longestPatience)
	for {
		c, _ := w.carrier.Call(l.id)
		switch {
		case ready(l, &c), step.unexpected && c.State == simulator.StateAnswered:
			return nil
		case c.State == simulator.StateDisconnected:
			return w.cannot(step.act, l, "the call ended before (%s)", c.Cause)
		case !talks(&c) || w.now().After(until):
			return w.cannot(step.act, l, "nothing listens, %s", doing(&c))
		}
		if more, err := w.carrier.Step(context.Background()); err != nil || !more {
			return errors.Join(err, w.cannot(step.act, l, "nothing happens any more"))
		}
	}
}

// takesKeys reports whether something on the leg, or whom it is connected to, hears its keys.
func takesKeys(l *leg, c *simulator.Call) bool {
	return c.State == simulator.StateAnswered && (c.Verb == "Gather" || c.Verb == "Record" || c.With != "" || l.listen)
}

// mayTalk reports whether nobody speaks to the party.
func mayTalk(_ *leg, c *simulator.Call) bool { return c.State == simulator.StateAnswered && !talks(c) }

// talks reports whether the document that runs goes on by itself.
func talks(c *simulator.Call) bool {
	switch c.Verb {
	case "SpeakSentence", "PlayAudio", "Pause":
		return true
	}
	return c.Waiting != ""
}

func doing(c *simulator.Call) string {
	switch {
	case c.State != simulator.StateAnswered:
		return "the call is not answered"
	case c.Verb == "":
		return "no verb runs"
	}
	return "its document is at " + c.Verb
}
