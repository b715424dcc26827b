package runtime

import (
	"crypto/rand"
	"log/slog"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// tell passes a trace on: what the flow logged and what went wrong to the logger, all of it to the observers.
func (e *Engine) tell(t *Trace) {
	if t == nil {
		return
	}
	if len(e.config.Kit.Observers) == 0 { // parts of memory that is used again; a log handler may keep its attributes
		t.Machine, t.Event = strings.Clone(t.Machine), strings.Clone(t.Event)
	}
	if t.Input != nil {
		t.Took = e.config.Clock().Sub(t.Input.Now)
	}
	log, call, event := e.config.Logger, t.Machine, t.Event
	if len(t.Logs)+len(t.Faults)+len(t.Handled) > 0 { // a handler may keep them for longer than record and webhook lie in memory
		call, event = strings.Clone(call), strings.Clone(event)
	}
	for _, line := range t.Logs {
		log.Info(line, "flow", t.Flow, "call", call, "event", event, "state", t.To)
	}
	for _, f := range t.Handled {
		log.Warn("action failed, its onError is taken", "flow", t.Flow, "call", call, "event", event, "state", t.From,
			"reason", f.Reason, "message", f.Message, "source", f.Source)
	}
	for _, f := range t.Faults {
		log.Error("step failed", "flow", t.Flow, "call", call, "event", event, "state", t.From,
			"reason", f.Reason, "message", f.Message, "source", f.Source)
	}
	for _, observe := range e.config.Kit.Observers {
		e.observe(observe, t)
	}
}

// observe calls an observer. A panic in one is its own affair.
func (e *Engine) observe(observe Observer, t *Trace) {
	defer func() {
		if p := recover(); p != nil {
			e.config.Logger.Error("observer panicked", slog.Any("panic", p))
		}
	}()
	observe(t)
}

// NoteBroken marks the trace of a webhook that could not be understood.
const NoteBroken = "not understood"

// broken tells of a webhook that could not be decoded.
func (e *Engine) broken(w *work, err error) {
	attrs := []any{"why", err.Error(), "flow", clip(w.delivery.Flow)}
	if w.verified {
		attrs = append(attrs, "call", clip(w.claims.Machine), "expected", clip(w.claims.Event))
	}
	e.config.Logger.Warn("webhook "+NoteBroken, attrs...)
	if len(e.config.Kit.Observers) == 0 {
		return
	}
	t := &Trace{
		Time: e.config.Clock(), Flow: w.delivery.Flow, Kind: Empty.String(), Note: NoteBroken,
		Faults: []Fault{{Reason: NoteBroken, Message: err.Error()}},
	}
	if w.verified {
		t.Machine, t.Event = w.claims.Machine, w.claims.Event
	}
	for _, observe := range e.config.Kit.Observers {
		e.observe(observe, t)
	}
}

// stepping returns the configuration of the stepper.
func (e *Engine) stepping() StepConfig {
	c := StepConfig{
		AppendToken: e.tokens.Append, PublicURL: e.config.PublicURL, FallbackURL: e.config.FallbackURL,
		Push:    e.config.Carrier != nil && e.config.PublicURL != "",
		Apology: e.apology, Hangup: e.hangup,
	}
	if e.config.VerbCredentials {
		c.Credentials = e.config.Credentials[0]
	}
	return c
}

// hangup returns the document that ends a call.
func hangup() []byte {
	d := bxml.Document{Verbs: []*bxml.Element{{Name: "Hangup"}}}
	return d.Append(nil)
}

// tokenKeySize is the size of a token key in bytes.
const tokenKeySize = 32

func newTokenKey() ([]byte, error) {
	key := make([]byte, tokenKeySize)
	_, err := rand.Read(key)
	return key, err
}
