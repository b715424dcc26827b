package runtime

import (
	"errors"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// answer renders the document of the active state for a synchronous event. An asynchronous event has no answer: when it
// leads to a state that has something to say, the caller would not hear it, so the event fails and moves nothing.
func (r *stepRun) answer() error {
	top := len(r.m.Frames) - 1
	r.env.at = top
	state := r.m.Frames[top].State
	has := state != nil && state.Document != nil
	switch {
	case !r.sync && r.moved && has:
		return &stepFailure{
			reason: flow.ReasonDocument, source: r.where(), silent: true,
			message: "an asynchronous event led to a state with bxml, which cannot be delivered",
		}
	case !r.sync:
		return nil
	case !has:
		return &stepFailure{reason: flow.ReasonDocument, message: "the state has no bxml to answer with", source: r.where()}
	}
	return r.render(state.Document)
}

// render makes the document of the next turn. A state that was not entered in this step sees the event that entered it.
func (r *stepRun) render(d *flow.Document) error {
	r.m.Turn++
	r.env.saved = !r.moved
	doc, err := r.ev.Append(r.doc[:0], d, &r.env)
	r.env.saved = false
	r.doc = doc
	if err == nil {
		r.turn = r.m.Turn
		return nil
	}
	reason := flow.ReasonTemplate
	if errors.Is(err, flow.ErrDocument) {
		reason = flow.ReasonDocument
	}
	return r.failure(reason, err)
}

// AppendURL appends the attributes of a callback URL.
func (e *stepEnv) AppendURL(dst []byte, u *flow.URL) []byte {
	r := e.run
	if !u.Always && !r.wanted(u) {
		return dst
	}
	c := &r.s.config
	public := ""
	if c.FallbackURL != "" {
		public = c.PublicURL
	}
	dst = r.appendURL(dst, u, u.Attribute, public)
	dst = appendCredentials(dst, u.Username, u.Password, &c.Credentials)
	if c.FallbackURL != "" && u.Fallback != "" {
		dst = r.appendURL(dst, u, u.Fallback, c.FallbackURL)
		dst = appendCredentials(dst, u.FallbackUsername, u.FallbackPassword, &c.Credentials)
	}
	return dst
}

// appendURL appends one attribute: relative without a base, so that the prefix of a proxy survives.
func (r *stepRun) appendURL(dst []byte, u *flow.URL, attribute, base string) []byte {
	dst = append(append(append(dst, ' '), attribute...), `="`...)
	if base != "" {
		dst = bxml.AppendAttr(dst, base)
		dst = append(append(dst, PathPrefix...), r.m.Flow...)
	}
	dst = append(append(append(dst, '?'), tokenParameter...), '=')
	r.claims = token.Claims{Machine: r.m.Key, Flow: r.m.Flow, Turn: r.m.Turn, Verb: u.Verb, Event: u.Events[0]}
	return append(r.s.config.AppendToken(dst, &r.claims), '"')
}

func appendCredentials(dst []byte, username, password string, c *Credential) []byte {
	if c.Username == "" || username == "" || password == "" {
		return dst
	}
	dst = append(append(append(dst, ' '), username...), `="`...)
	dst = append(bxml.AppendAttr(dst, c.Username), `" `...)
	dst = append(append(dst, password...), `="`...)
	return append(bxml.AppendAttr(dst, c.Password), '"')
}

// wanted reports whether a flow around the one that runs handles an event of the URL.
func (r *stepRun) wanted(u *flow.URL) bool {
	for i := range len(r.m.Frames) - 1 {
		for _, name := range u.Events {
			if handledBy(&r.m.Frames[i], name, u.Sync) {
				return true
			}
		}
	}
	return false
}

// handledBy reports whether a flow handles an event: one that ends a verb in the active state or around it, one that may come
// later anywhere.
func handledBy(f *Frame, name string, sync bool) bool {
	if f.State != nil && f.State.Handles(name) {
		return true
	}
	if sync {
		return false
	}
	for _, s := range f.Flow.States {
		if len(s.On[name]) > 0 {
			return true
		}
	}
	return false
}
