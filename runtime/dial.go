package runtime

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const (
	dialAttempts = 5 // requests that the carrier did not take on, for the time being
	// looking is added to the attempts of a call that may have been made: from then on it is looked for, never dialled again.
	looking    = 100
	maxLooks   = 3
	dialSkew   = 5 * time.Second // between the carrier's clock and ours
	maxListed  = 1000            // calls that are looked at to find one
	ringing    = 30.0            // seconds that a call rings by default, as createCall's callTimeout tells
	causeError = "error"         // of a call that could not be made
)

// dial makes the call of a leg, at most once: its machine first, then a note that the carrier is being asked, then the request.
// When the answer to that is lost, the call is looked for; nobody is dialled twice.
func (w *work) dial(ctx context.Context, key string, effect *Effect) (ending, bool, error) {
	d := effect.Request.Dial
	if d == nil {
		return ending{failed: errors.New("nobody to dial"), final: true}, true, nil
	}
	leg, err := w.leg(ctx, key, d)
	var bad *noLeg
	switch {
	case errors.As(err, &bad):
		return w.stillborn(effect, bad), true, nil
	case err != nil:
		return w.unreached(effect, err), true, nil
	case leg.Phase == Ended:
		return ending{}, true, nil
	case leg.Call.ID != "":
		return w.dialled(key, d, leg.Call.ID), true, nil // its first webhook was here before the answer
	case w.origin.madeCall(d.Machine) != "":
		return w.known(key, effect, w.origin.madeCall(d.Machine)), true, nil
	case effect.Attempts >= looking || !d.Asked.IsZero():
		return w.look(ctx, key, effect), true, nil
	case w.origin.Phase == Ended && !d.Keep && d.Machine != key:
		return w.undialled(ctx, d, effect, refusal{cause: "cancel", why: errors.New("the call that made the leg has ended")}), true, nil
	}
	return w.ask(ctx, key, effect)
}

// ask asks the carrier for the call.
func (w *work) ask(ctx context.Context, key string, effect *Effect) (ending, bool, error) {
	e := w.engine
	if e.config.Carrier == nil {
		return w.undialled(ctx, effect.Request.Dial, effect, refusal{causeError, errNoCarrier}), true, nil
	}
	body, err := e.createCall(effect.Request.Dial)
	if err != nil {
		return w.undialled(ctx, effect.Request.Dial, effect, refusal{causeError, err}), true, nil
	}
	ours, err := w.claim(ctx, key, effect, func(f *Effect) { f.Request.Dial = f.Request.Dial.asked(e.config.Clock()) })
	if !ours || err != nil {
		return ending{}, ours, err
	}
	created, err := e.config.Carrier.CreateCall(ctx, body)
	if err == nil && created.CallID == "" {
		err = errors.New("createCall: the answer has no callId")
	}
	if err == nil {
		e.counts.dialled.Add(1)
		return w.known(key, effect, created.CallID), true, nil
	}
	return w.notTaken(effect, err), true, nil
}

// asked returns a copy of d that says when the carrier was asked.
func (d *Dial) asked(at time.Time) *Dial {
	c := *d
	c.Asked = at
	return &c
}

// notTaken returns what a failed createCall leads to: a refusal ends the leg, a request that was not taken on is sent again, and
// one that may have been is looked for.
func (w *work) notTaken(effect *Effect, failed error) ending {
	var c *bandwidth.Error
	known := errors.As(failed, &c)
	switch {
	case !known || c.Ambiguous():
		return ending{failed: failed, counted: true, limit: looking + maxLooks + 1, change: func(_ *Machine, f *Effect) { f.Attempts = looking }}
	case passing(c) && effect.Attempts < dialAttempts && c.RetryAfter <= effect.Request.Dial.patience(w.origin.Key):
		return ending{
			failed: failed, counted: true, limit: dialAttempts, after: c.RetryAfter,
			change: func(_ *Machine, f *Effect) { f.Request.Dial = f.Request.Dial.asked(time.Time{}) },
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), w.engine.config.Deadline)
	defer cancel()
	return w.undialled(ctx, effect.Request.Dial, effect, refusal{refusedAs(c), failed})
}

// patience returns how long the carrier may ask to wait before a leg is dialled: as long as it would ring. Whoever waits for the
// leg goes on by then, and what its maker does next would wait too. Nobody waits for a call that makes itself.
func (d *Dial) patience(maker string) time.Duration {
	if d.Machine == maker {
		return maxAfter
	}
	return time.Duration(or(d.CallTimeout, ringing) * float64(time.Second))
}

// refusedAs returns the cause that a disconnect of a call would have which the carrier did not take on.
func refusedAs(c *bandwidth.Error) string {
	if c.Status == http.StatusTooManyRequests || c.Status == http.StatusForbidden {
		return "account-limit"
	}
	return causeError
}

// leg returns the machine of a leg, which it makes when it is not there. That comes before anything else: every webhook of the
// call finds it.
func (w *work) leg(ctx context.Context, key string, d *Dial) (*Machine, error) {
	e := w.engine
	if d.Machine == key {
		return w.origin, nil
	}
	for tries := 0; ; tries++ {
		m, err := e.machine(ctx, d.Machine)
		if m != nil || err != nil {
			return m, err
		}
		f := e.versions.called(d)
		if f == nil {
			return nil, &noLeg{fmt.Errorf("there is no flow %q", d.Flow)}
		}
		if m, err = e.stepper.NewLeg(w.origin, d, f, e.config.Clock()); err != nil {
			return nil, &noLeg{err}
		}
		u := store.Update{Key: m.Key, Data: m.Append(nil), Expires: expires(m)}
		if u.Due, u.Pending = m.due(); len(u.Data) > maxRecord {
			return nil, &noLeg{fmt.Errorf("the machine has %d bytes, at most %d are kept", len(u.Data), maxRecord)}
		}
		_, err = e.store.Save(ctx, &u)
		if err == nil || !errors.Is(err, store.ErrConflict) || tries == maxConflicts {
			return m, err
		}
	}
}

// noLeg says that a leg can have no machine.
type noLeg struct{ error }

// called returns the flow that a leg runs: the version that is named, else the current one.
func (v *versions) called(d *Dial) *flow.Flow {
	var h flow.Hash
	if n, err := hex.Decode(h[:], []byte(d.Hash)); err == nil && n == len(h) {
		return v.Version(h)
	}
	return v.named(d.Flow)
}

// refusal is why a leg is not dialled: the cause that its disconnect has, and what went wrong.
type refusal struct {
	cause string
	why   error
}

// undialled ends a leg whose call is not made: it is told so as if the carrier had, and tells its maker.
func (w *work) undialled(ctx context.Context, d *Dial, effect *Effect, r refusal) ending {
	other := w.engine.work()
	defer w.engine.release(other)
	if err := other.disconnected(ctx, d.Machine, r); err != nil {
		return w.unreached(effect, err)
	}
	if r.cause != "cancel" {
		w.engine.counts.givenUp.Add(1)
		w.engine.logError("leg not dialled", r.why, "machine", d.Machine, "leg", d.Name)
	}
	return ending{counted: true}
}

// disconnected steps a machine with the disconnect that the carrier does not send: there is no call.
func (w *work) disconnected(ctx context.Context, key string, r refusal) error {
	w.forget()
	_, _, err := w.steps(ctx, key, func(w *work, _ context.Context) (*Outcome, bool, error) {
		m := w.origin
		if m.New() || m.Phase == Ended {
			return nil, false, nil
		}
		fields := map[string]string{"eventType": "disconnect", "callId": or(m.Call.ID, m.Key), "cause": r.cause}
		if r.why != nil {
			fields["errorMessage"] = r.why.Error()
		}
		body, err := json.Marshal(fields)
		if err == nil {
			err = w.event.DecodeJSON(body)
		}
		if err != nil {
			return nil, false, fmt.Errorf("disconnect: %w", err)
		}
		e := w.engine
		w.input = Input{Event: &w.event, Now: e.config.Clock(), Results: w.results, Trace: len(e.config.Kit.Observers) > 0}
		return e.stepper.step(&w.step, m, &w.input), true, nil
	})
	return err
}

// unreached returns what a leg leads to whose machine cannot be read or written for the time being. When that does not end, its
// maker is told that the leg has ended, so that it does not wait for ever.
func (w *work) unreached(effect *Effect, why error) ending {
	end := w.stillborn(effect, why)
	end.final, end.limit = false, tellAttempts
	if effect.Attempts >= looking {
		end.limit = looking + tellAttempts
	}
	return end
}

// stillborn tells the maker of a leg that can have no machine that it has ended.
func (w *work) stillborn(effect *Effect, why error) ending {
	d := effect.Request.Dial
	return ending{failed: why, final: true, raise: &InternalEvent{
		Name: flow.EventLegEnded, From: d.Machine, Leg: d.Machine, Cause: causeError, Message: why.Error(),
	}}
}
