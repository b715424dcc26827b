package simulator

import (
	"fmt"
	"net/url"
	"unicode/utf8"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// update is the body of updateCall.
type update struct {
	State                  string  `json:"state"`
	RedirectURL            string  `json:"redirectUrl"`
	RedirectMethod         string  `json:"redirectMethod"`
	Username               string  `json:"username"`
	Password               string  `json:"password"`
	RedirectFallbackURL    string  `json:"redirectFallbackUrl"`
	RedirectFallbackMethod string  `json:"redirectFallbackMethod"`
	FallbackUsername       string  `json:"fallbackUsername"`
	FallbackPassword       string  `json:"fallbackPassword"`
	Tag                    *string `json:"tag"`
}

// updateCall redirects or ends a call. The error is a *refusal.
func (c *Carrier) updateCall(id string, u update) error {
	l, err := c.live(id)
	if err != nil {
		return err
	}
	switch u.State {
	case "", "active":
		return l.redirect(u)
	case "completed":
		return l.complete(u)
	}
	return invalid("Invalid state. Supported states: [active, completed]")
}

// live returns a call that has not ended.
func (c *Carrier) live(id string) (*leg, error) {
	l := c.legs[id]
	switch {
	case l == nil:
		return nil, &refusal{404, "validation", fmt.Sprintf("Call [%s] not found", id)}
	case l.ended() && c.now().Sub(l.endedAt) < c.cfg.Choices.JustEnded:
		return nil, unmodifiable(id)
	case l.ended():
		return nil, &refusal{404, "validation", fmt.Sprintf("Call [%s] not found", id)}
	}
	return l, nil
}

func unmodifiable(id string) *refusal {
	return &refusal{409, "validation", fmt.Sprintf("Call [%s] cannot be modified in its current state", id)}
}

// modifiable reports whether the call may get other BXML: it must have been answered.
func (l *leg) modifiable() error {
	if l.state == StateAnswered || l.state == StateInitiated && l.direction == inbound && l.c.cfg.Choices.RedirectUnanswered {
		return nil
	}
	return unmodifiable(l.id)
}

func (l *leg) redirect(u update) error {
	if u.RedirectURL == "" {
		return invalid("redirectUrl is required when state is active")
	}
	for _, check := range []error{
		l.c.webhook("redirectUrl", u.RedirectURL, &u.RedirectMethod, ""), l.c.webhook("redirectFallbackUrl", u.RedirectFallbackURL, &u.RedirectFallbackMethod, ""),
		credentials(u.Username, u.Password, u.FallbackUsername, u.FallbackPassword), checkTag(u.Tag), l.modifiable(),
	} {
		if check != nil {
			return check
		}
	}
	if u.Tag != nil {
		l.tag = *u.Tag
	}
	l.updated = l.c.now()
	l.halt(replaced)
	l.ask("redirect", &event.Redirect{}, targets{
		primary:  locate(u.RedirectURL, u.RedirectMethod, u.Username, u.Password),
		fallback: locate(u.RedirectFallbackURL, u.RedirectFallbackMethod, u.FallbackUsername, u.FallbackPassword),
	})
	return nil
}

func checkTag(tag *string) error {
	if tag != nil && utf8.RuneCountInString(*tag) > maxTag {
		return invalid("tag must contain at most %d characters", maxTag)
	}
	return nil
}

// complete ends the call: one that has not been answered is cancelled, or rejected when it is inbound.
func (l *leg) complete(u update) error {
	if u.RedirectURL != "" || u.RedirectMethod != "" || u.Tag != nil {
		return invalid("redirectUrl, redirectMethod and tag are forbidden when state is completed")
	}
	switch {
	case l.state == StateAnswered:
		l.end(causeHangup, "")
	case l.direction == inbound:
		l.end(causeRejected, "Call was rejected")
	default:
		l.end(causeCancel, "Call was cancelled")
	}
	return nil
}

// updateBxml replaces what runs on a call by a document. Invalid BXML is refused and leaves the call alone. The error is a
// *refusal.
func (c *Carrier) updateBxml(id string, body []byte) error {
	l, err := c.live(id)
	if err != nil {
		return err
	}
	if err := l.modifiable(); err != nil {
		return err
	}
	doc, err := c.parse(body, l.context)
	if err != nil {
		return invalid("Invalid BXML: %s", err)
	}
	var base *url.URL
	if c.cfg.Choices.KeepBase {
		base = l.base
	} else if ref := relative(doc.Verbs); ref != "" {
		return invalid("Invalid BXML: the url %q is relative, and nothing says to what", ref)
	}
	l.updated = c.now()
	l.execute(doc, body, base)
	return nil
}

// relative returns the first relative URL of a document, "" when there is none.
func relative(elements []*bxml.Element) string {
	for _, e := range elements {
		row := bxml.Lookup(e.Name)
		if row == nil {
			continue
		}
		for _, given := range e.Attributes {
			if a := row.Attribute(given.Name); a != nil && a.Type == bxml.TypeURL && resolve(nil, given.Value) == nil {
				return given.Value
			}
		}
		if row.Content != nil && row.Content.Type == bxml.TypeURL && resolve(nil, e.Text) == nil {
			return e.Text
		}
		if ref := relative(e.Children); ref != "" {
			return ref
		}
	}
	return ""
}
