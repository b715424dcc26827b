package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// errNoCarrier says that there is no client for the REST API.
var errNoCarrier = errors.New("no client for the REST API is configured")

// asked returns how an attempt at a request to the REST API ended. What the carrier does not do because the request is wrong it
// will not do later either.
func asked(failed error) ending {
	end := ending{failed: failed}
	var c *bandwidth.Error
	switch {
	case failed == nil:
	case errors.As(failed, &c):
		end.final, end.after = !passing(c) && !c.Ambiguous(), min(c.RetryAfter, maxAfter)
	case errors.Is(failed, errNoCarrier):
		end.final = true
	}
	return end
}

// passing reports whether a request that was not taken on may be later.
func passing(c *bandwidth.Error) bool {
	return c.Temporary() || c.NotSent() && c.Type != "validation"
}

// maxAfter is the longest time that the carrier can ask to wait: a caller waits too.
const maxAfter = 5 * time.Minute

// gone reports whether the carrier says that there is no such call, or that it cannot be changed any more.
func gone(failed error) bool {
	var c *bandwidth.Error
	return errors.As(failed, &c) && (c.NotFound() || c.Conflict())
}

// hangUpAttempts bound how often it is looked for the callId of a leg that is being dialled, too.
const hangUpAttempts = 15

// hangUp ends a call. One that is gone is ended.
func (w *work) hangUp(ctx context.Context, effect *Effect) ending {
	e := w.engine
	if e.config.Carrier == nil {
		return ending{failed: errNoCarrier, final: true}
	}
	id, err := e.callOf(ctx, effect.Request.Target)
	if l := w.origin.legOf(effect.Request.Target); l != nil && errors.Is(err, errDialing) && l.CallID != "" {
		id, err = l.CallID, nil
	}
	switch {
	case errors.Is(err, errDialing):
		// Its call is being made, perhaps just now. If it never is, the leg ends, and there is nothing left to do.
		return ending{failed: err, limit: hangUpAttempts, quiet: true}
	case err != nil:
		return ending{failed: err, limit: hangUpAttempts}
	case id == "":
		return ending{}
	}
	err = e.config.Carrier.UpdateCall(ctx, id, &bandwidth.UpdateCall{State: "completed"})
	if gone(err) {
		err = nil
	}
	end := asked(err)
	end.limit = hangUpAttempts
	return end
}

// errDialing says that a leg has no callId yet.
var errDialing = errors.New("the callId of the leg is not known yet")

// callOf returns the callId that a target means: a callId is one, the key of a leg has one as soon as its call was made. It is ""
// for a leg that has ended, or that there is not.
func (e *Engine) callOf(ctx context.Context, target string) (string, error) {
	if !isLeg(target) {
		return target, nil
	}
	m, err := e.machine(ctx, target)
	switch {
	case err != nil:
		return "", err
	case m == nil || m.Phase == Ended:
		return "", nil
	case m.Call.ID == "":
		return "", errDialing
	}
	return m.Call.ID, nil
}

// operate performs another operation of the REST API.
func (w *work) operate(ctx context.Context, effect *Effect) ending {
	c := w.engine.config.Carrier
	if c == nil {
		return ending{failed: errNoCarrier, final: true, counted: true}
	}
	target, err := w.engine.callOf(ctx, effect.Request.Target)
	if err == nil && target == "" {
		err = errors.New("there is no such call or conference")
	}
	end := ending{failed: err}
	if err == nil {
		end = asked(operations{c, target, effect.Request.Args}.run(ctx, effect.Request.Operation))
	}
	end.counted = true
	return end
}

// operations are the operations of the REST API that flows have actions for.
type operations struct {
	Carrier
	target string
	args   map[string]any
}

func (o operations) run(ctx context.Context, name string) error {
	switch name {
	case "updateConference":
		return bodied(o.args, func(u *bandwidth.UpdateConference) error {
			err := o.UpdateConference(ctx, o.target, u)
			if u.Status == "completed" {
				err = unlessGone(err)
			}
			return err
		})
	case "updateConferenceMember":
		return bodied(o.args, func(u *bandwidth.UpdateConferenceMember) error {
			return o.UpdateConferenceMember(ctx, o.target, o.text("memberId"), u)
		})
	case "updateConferenceBxml":
		return o.UpdateConferenceBXML(ctx, o.target, []byte(o.text("bxml")))
	case "updateCallRecordingState":
		return bodied(o.args, func(u *bandwidth.UpdateCallRecording) error { return o.UpdateCallRecordingState(ctx, o.target, u) })
	case "deleteRecording":
		return unlessGone(o.DeleteRecording(ctx, o.target, o.text("recordingId")))
	case "transcribeRecording":
		return bodied(o.args, func(u *bandwidth.TranscribeRecording) error {
			return o.TranscribeRecording(ctx, o.target, o.text("recordingId"), u)
		})
	}
	return fmt.Errorf("operation %q is not known", name)
}

// unlessGone returns the error of a request that removes or ends something, nil when it is gone already: so it should be.
func unlessGone(err error) error {
	var c *bandwidth.Error
	if errors.As(err, &c) && c.Status == http.StatusNotFound {
		return nil
	}
	return err
}

func (o operations) text(name string) string {
	text, _ := o.args[name].(string)
	return text
}

// bodied makes the body of a request of the fields that a flow gives, and sends it.
func bodied[T any](args map[string]any, send func(*T) error) error {
	body := new(T)
	text, err := json.Marshal(inSeconds(args))
	if err == nil {
		err = json.Unmarshal(text, body)
	}
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return send(body)
}
