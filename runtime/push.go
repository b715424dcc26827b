package runtime

import (
	"bytes"
	"context"
	"errors"

	"github.com/bxmlflow/bxmlflow/flow"
)

// push sends the document of the effect's turn, as it was stored, to the call or conference of the machine. A document that is
// no longer the current one is dropped: a later one was handed out.
func (w *work) push(ctx context.Context, key string, effect *Effect) (ending, bool, error) {
	e := w.engine
	if why := w.origin.pushed(effect); why != "" {
		e.dropped(key, effect, why)
		return ending{}, true, nil
	}
	if ours, err := w.claim(ctx, key, effect, nil); !ours || err != nil {
		return ending{}, ours, err
	}
	m := w.origin // as claimed: whoever handed the document out before has removed the effect
	if why := m.pushed(effect); why != "" {
		e.dropped(key, effect, why)
		return ending{counted: true}, true, nil
	}
	document, err := e.reveal(bytes.Clone(w.record.Answer))
	target := or(effect.Request.Target, or(m.Call.ID, m.Key))
	switch {
	case err != nil:
	case len(document) == 0:
		err = errors.New("the document is gone")
	case e.config.Carrier == nil:
		err = errNoCarrier
	case m.isConference():
		err = e.config.Carrier.UpdateConferenceBXML(ctx, m.Key, document)
	default:
		err = e.config.Carrier.UpdateCallBXML(ctx, target, document)
	}
	return w.pushEnded(key, effect, err), true, nil
}

// pushEnded returns how an attempt to send a document ended.
func (w *work) pushEnded(key string, effect *Effect, failed error) ending {
	end := asked(failed)
	end.counted = true
	switch {
	case failed == nil:
		w.engine.counts.pushes.Add(1)
	case gone(failed):
		w.engine.dropped(key, effect, "the call is gone, or has moved on: "+failed.Error())
		end.failed = nil
	default:
		end.raise = &InternalEvent{Name: flow.EventUpdateFailed, Reason: flow.ReasonUpdate, Message: failed.Error()}
	}
	return end
}

// pushed returns why a document need not be sent, "" when it has to be.
func (m *Machine) pushed(effect *Effect) string {
	switch {
	case m.Phase != Live:
		return "the call is not up"
	case effect.Turn != m.Turn || m.AnswerTurn != m.Turn:
		return "a later document was handed out"
	}
	return ""
}
