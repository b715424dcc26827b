package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// known notes the callId of a leg with the leg itself, and then with its maker.
func (w *work) known(key string, effect *Effect, callID string) ending {
	d := effect.Request.Dial
	if d.Machine == key {
		return w.dialled(key, d, callID)
	}
	ctx, cancel := context.WithTimeout(context.Background(), w.engine.config.Deadline)
	defer cancel()
	other := w.engine.work()
	defer w.engine.release(other)
	_, err := other.change(ctx, d.Machine, func(m *Machine) bool { return m.learn(callID, w.engine.config.Clock().UnixMilli()) })
	end := w.dialled(key, d, callID)
	if err == nil || errors.Is(err, errNoMachine) {
		return end
	}
	// The maker knows it from now on. The leg has to as well: it may have to end its call before the first webhook.
	end.failed, end.counted, end.quiet, end.limit = fmt.Errorf("callId not noted: %w", err), false, true, tellAttempts
	if effect.Attempts >= looking {
		end.limit = looking + tellAttempts
	}
	return end
}

// madeCall returns the callId of a leg that the machine made, "" when it is not known.
func (m *Machine) madeCall(key string) string {
	if l := m.legOf(key); l != nil {
		return l.CallID
	}
	return ""
}

// learn notes the callId of a leg, which begins to ring now, and lets it go on that waited for it.
func (m *Machine) learn(callID string, now int64) bool {
	if m.Call.ID != "" {
		return false
	}
	m.learnID(callID)
	m.Touched = now
	if i := slices.IndexFunc(m.Effects, func(e Effect) bool { return e.ofCall() }); i >= 0 && m.Effects[i].Request.Operation == opHangUp {
		m.Effects[i].Next = 0
	}
	return true
}

// dialled ends the effect of a leg whose call was made.
func (w *work) dialled(key string, d *Dial, callID string) ending {
	return ending{counted: true, change: func(m *Machine, _ *Effect) {
		if d.Machine == key {
			m.learn(callID, w.engine.config.Clock().UnixMilli())
			return
		}
		if i := slices.IndexFunc(m.Legs, func(l Leg) bool { return l.Key == d.Machine }); i >= 0 && m.Legs[i].CallID == "" {
			m.Legs = slices.Clone(m.Legs)
			m.Legs[i].CallID = callID
		}
	}}
}

// look looks for a call that may have been made. When it is not found after a few looks, it is given up: better a call that is
// missed than a person who is called twice.
func (w *work) look(ctx context.Context, key string, effect *Effect) ending {
	e, d := w.engine, effect.Request.Dial
	looks := uint8(1)
	if effect.Attempts >= looking {
		looks = effect.Attempts - looking + 1
	}
	callID, err := e.find(ctx, d)
	if err == nil {
		err = errLost
	}
	switch {
	case callID != "":
		e.counts.dialled.Add(1)
		return w.known(key, effect, callID)
	case looks >= maxLooks:
		return w.undialled(ctx, d, effect, refusal{causeError, err})
	}
	return ending{failed: err, limit: looking + maxLooks + 1, counted: true, change: func(_ *Machine, f *Effect) { f.Attempts = looking + looks }}
}

// errLost says that nobody knows what became of a request.
var errLost = errors.New("createCall was sent without an answer, and no such call is found")

// errSeveral says that more than one call may be the leg's.
var errSeveral = errors.New("createCall was sent without an answer, and more than one call may be it")

// find looks for the call of a leg among those that the carrier knows: made for the same numbers since the request was sent, and
// of no other machine. Of two such calls neither is taken: a leg that takes another one's call refuses the webhooks of its own.
func (e *Engine) find(ctx context.Context, d *Dial) (string, error) {
	if e.config.Carrier == nil {
		return "", errNoCarrier
	}
	since, listed, found := d.Asked.Add(-dialSkew), 0, ""
	for c, err := range e.config.Carrier.Calls(ctx, &bandwidth.CallFilter{To: d.To, From: d.From, MinStartTime: since}) {
		if listed++; err != nil || listed > maxListed {
			return "", err
		}
		if !d.matches(c, since, e.config.ApplicationID) {
			continue
		}
		owner, err := e.machine(ctx, c.CallID)
		if err != nil {
			return "", err
		}
		switch {
		case owner != nil && owner.Key != d.Machine:
		case found != "":
			return "", errSeveral
		default:
			found = c.CallID
		}
	}
	return found, nil
}

// matches reports whether a call may be that of the leg.
func (d *Dial) matches(c *bandwidth.CallState, since time.Time, application string) bool {
	if c.CallID == "" || c.Direction == "inbound" || c.To != d.To || c.From != d.From {
		return false
	}
	if c.ApplicationID != "" && c.ApplicationID != application {
		return false
	}
	made := c.EnqueuedTime.Time
	if made.IsZero() {
		made = c.StartTime.Time
	}
	return made.IsZero() || !made.Before(since)
}
