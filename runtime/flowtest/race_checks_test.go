package flowtest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

var background = context.Background()

// end lets everything come to rest and checks that it ended well.
func (w *trial) end() error {
	if err := w.pass(4 * time.Minute); err != nil { // longer than any document and any phone
		return err
	}
	if err := w.waiting(); err != nil {
		return err
	}
	for _, c := range w.carrier.Calls() {
		if c.State != simulator.StateDisconnected {
			may(w.carrier.HangUp(c.ID))
		}
	}
	if err := w.pass(4 * time.Minute); err != nil {
		return err
	}
	for _, check := range []func() error{w.owned, w.answered, w.bridged, w.moved, w.over} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// waiting checks that nobody is left ringing, or on hold with nobody to move him: only a bridge may last.
func (w *trial) waiting() error {
	for _, c := range w.carrier.Calls() {
		if c.State != simulator.StateDisconnected && c.With == "" {
			return fmt.Errorf("call %s from %s to %s still is %s after minutes, at %q", c.ID, c.From, c.To, c.State, c.Verb)
		}
	}
	return nil
}

// owned checks that every call has a machine of its own, and that nobody was called twice for the same leg.
func (w *trial) owned() error {
	owner := map[string]string{}
	legs := 0
	for _, c := range w.carrier.Calls() {
		m, err := w.engine.Machine(background, c.ID)
		if err != nil {
			return fmt.Errorf("nobody owns call %s from %s to %s: %w", c.ID, c.From, c.To, err)
		}
		if other := owner[m.Key]; other != "" {
			return fmt.Errorf("the calls %s and %s are the same leg", c.ID, other)
		}
		owner[m.Key] = c.ID
		if c.Direction == "outbound" {
			legs++
		}
	}
	m, err := w.engine.Machine(background, w.caller)
	if err != nil {
		return err
	}
	if legs > len(m.Legs) {
		return fmt.Errorf("%d calls were made for %d legs", legs, len(m.Legs))
	}
	return nil
}

// answered checks that every webhook got one answer, and every synchronous one a document that is valid.
func (w *trial) answered() error {
	open := map[string]int{}
	for _, e := range w.feed {
		key := e.Call + " " + e.Type + " " + e.URL
		switch e.Kind {
		case simulator.WebhookSent:
			open[key]++
		case simulator.WebhookAnswered:
			if open[key]--; open[key] < 0 {
				return fmt.Errorf("%s was answered more often than it was sent", key)
			}
			if err := valid(e); err != nil {
				return fmt.Errorf("the answer to %s: %w", key, err)
			}
		case simulator.Problem:
			return fmt.Errorf("the carrier complains: %s", e)
		}
	}
	for key, n := range open {
		if n > 0 {
			return fmt.Errorf("%s was not answered", key)
		}
	}
	return nil
}

func valid(e simulator.Event) error {
	t := event.Lookup(e.Type)
	if e.Err != "" || t == nil {
		return fmt.Errorf("%s %s", e.Type, e.Err)
	}
	if !t.Sync {
		if e.Status != 204 && e.Status != 200 {
			return fmt.Errorf("status %d", e.Status)
		}
		return nil
	}
	if e.Status != 200 {
		return fmt.Errorf("status %d", e.Status)
	}
	d, err := bxml.Decode([]byte(e.Body))
	if err != nil {
		return err
	}
	if problems := d.Validate(bxml.Call); len(problems) > 0 {
		return fmt.Errorf("%s", problems[0].Message)
	}
	return nil
}

// bridged checks that nobody is connected to two others at once, or to the same one twice.
func (w *trial) bridged() error {
	type pair struct{ a, b string }
	with, ever := map[string]string{}, map[pair]bool{}
	for _, e := range w.feed {
		switch e.Kind {
		case simulator.Bridged:
			if other := with[e.Call]; other != "" {
				return fmt.Errorf("%s was bridged to %s while it was to %s", e.Call, e.Other, other)
			}
			if ever[pair{e.Call, e.Other}] {
				return fmt.Errorf("%s was bridged to %s twice", e.Call, e.Other)
			}
			with[e.Call], ever[pair{e.Call, e.Other}] = e.Other, true
		case simulator.Unbridged:
			delete(with, e.Call)
		}
	}
	return nil
}

// moved checks that no event moved a machine twice, and none of an earlier document moved it at all.
func (w *trial) moved() error {
	turns, taken := map[string]uint32{}, map[string]bool{}
	for _, t := range w.steps {
		if typ := event.Lookup(t.Event); typ != nil && typ.Sync && len(t.Transitions) > 0 && t.Input != nil && t.Input.Token != nil {
			token := t.Input.Token
			key := fmt.Sprint(t.Machine, " ", t.Event, " ", *token)
			if taken[key] {
				return fmt.Errorf("%s came twice and moved the machine twice", key)
			}
			taken[key] = true
			if last := turns[t.Machine]; typ.Bearer == event.OwnCall && token.Turn != last {
				return fmt.Errorf("%s moved the machine, whose document was of turn %d by then", key, last)
			}
		}
		if t.Turn > turns[t.Machine] {
			turns[t.Machine] = t.Turn
		}
	}
	return nil
}

// over checks that all has ended, with the carrier and here, and that nothing is left to do.
func (w *trial) over() error {
	for _, c := range w.carrier.Calls() {
		m, err := w.engine.Machine(background, c.ID)
		switch {
		case err != nil:
			return err
		case c.State != simulator.StateDisconnected:
			return fmt.Errorf("call %s never ends: it is %s, at %q, in %s", c.ID, c.State, c.Verb, m.State())
		case m.Phase != runtime.Ended:
			return fmt.Errorf("the machine of %s never ends: it is %s, in %s", c.ID, m.Phase, m.State())
		case len(m.Effects) > 0 || len(m.Timers) > 0:
			return fmt.Errorf("the machine of %s has still %d effects and %d timers", c.ID, len(m.Effects), len(m.Timers))
		}
	}
	return nil
}
