package runtime

import (
	"encoding/json"
	"fmt"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// createCall returns the request for the call of a leg. Its URLs bear tokens of the leg's machine: no document asked for them,
// so their turn is 0.
func (e *Engine) createCall(d *Dial) (*bandwidth.CreateCall, error) {
	c := &bandwidth.CreateCall{
		To: d.To, From: d.From, ApplicationID: e.config.ApplicationID, CallTimeout: d.CallTimeout, Tag: d.Tag,
		AnswerURL: e.legURL(d, e.config.PublicURL, "answer"), DisconnectURL: e.legURL(d, e.config.PublicURL, "disconnect"),
	}
	if e.config.FallbackURL != "" {
		c.AnswerFallbackURL = e.legURL(d, e.config.FallbackURL, "answer")
	}
	if e.config.VerbCredentials {
		c.Username, c.Password = e.config.Credentials[0].Username, e.config.Credentials[0].Password
		if c.AnswerFallbackURL != "" {
			c.FallbackUsername, c.FallbackPassword = c.Username, c.Password
		}
	}
	if d.Detection == nil {
		return c, nil
	}
	text, err := json.Marshal(inSeconds(d.Detection))
	if err == nil {
		err = json.Unmarshal(text, &c.MachineDetection)
	}
	if err != nil {
		return nil, fmt.Errorf("machineDetection: %w", err)
	}
	e.detect(c, d)
	return c, nil
}

// detect fills in where the result of machine detection goes: in sync mode it comes with the answer event.
func (e *Engine) detect(c *bandwidth.CreateCall, d *Dial) {
	m := c.MachineDetection
	if m == nil || m.Mode == "sync" || m.CallbackURL != "" {
		return
	}
	const name = "machineDetectionComplete"
	m.CallbackURL = e.legURL(d, e.config.PublicURL, name)
	m.Username, m.Password = c.Username, c.Password
	if e.config.FallbackURL != "" {
		m.FallbackURL = e.legURL(d, e.config.FallbackURL, name)
		m.FallbackUsername, m.FallbackPassword = c.FallbackUsername, c.FallbackPassword
	}
}

// legURL returns the absolute URL to which an event of a leg comes.
func (e *Engine) legURL(d *Dial, base, event string) string {
	url := append([]byte(base+PathPrefix+d.Flow), "?"+tokenParameter+"="...)
	return string(e.tokens.Append(url, &token.Claims{Machine: d.Machine, Flow: d.Flow, Event: event}))
}
