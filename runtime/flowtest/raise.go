package flowtest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// tokenMark begins the URLs that the stepper fills in during tests. What follows are the claims, legible and unsigned.
const tokenMark = "?t=test."

// appendToken writes claims so that readToken can read them.
func appendToken(dst []byte, c *runtime.Claims) []byte {
	return fmt.Appendf(dst, "test.%d.%d.%s.%s.%s", c.Turn, c.Verb, c.Event, c.Flow, url.QueryEscape(c.Machine))
}

// readToken returns the claims in a URL that was filled in, nil for any other.
func readToken(link string) *runtime.Claims {
	_, rest, ok := strings.Cut(link, tokenMark)
	parts := strings.SplitN(rest, ".", 5)
	if !ok || len(parts) != 5 {
		return nil
	}
	turn, err := strconv.ParseUint(parts[0], 10, 32)
	verb, err2 := strconv.ParseUint(parts[1], 10, 16)
	machine, err3 := url.QueryUnescape(parts[4])
	if err != nil || err2 != nil || err3 != nil {
		return nil
	}
	return &runtime.Claims{Turn: uint32(turn), Verb: uint16(verb), Event: parts[2], Flow: parts[3], Machine: machine}
}

// filledIn reports whether an attribute is a URL of the stepper.
func filledIn(a bxml.Attr) bool { return strings.HasPrefix(a.Value, tokenMark) }

// claims returns the token that an event bears: that of the URL to which it comes. The error says why the event cannot
// come at all.
func (s *session) claims(step *eventStep) (*runtime.Claims, error) {
	name := step.typ.Name
	link, ok := s.link(step)
	switch {
	case s.machine.New() || name == "disconnect" || name == "machineDetectionComplete" && s.outbound:
		return nil, nil
	case name == "bridgeTargetComplete":
		s.bridges++
		return &runtime.Claims{Machine: defaultLeg, Flow: s.machine.Flow, Turn: s.bridges, Event: name}, nil
	case ok:
		return readToken(link), nil
	case step.unexpected && step.typ.Sync:
		return &runtime.Claims{Machine: s.machine.Key, Flow: s.machine.Flow, Turn: s.machine.Turn, Event: name}, nil
	case step.unexpected:
		return nil, nil
	}
	return nil, s.impossible(step)
}

// link returns the URL to which an event comes: a synchronous one answers a verb of the current document, others may have
// been asked for by any document so far.
func (s *session) link(step *eventStep) (string, bool) {
	if step.typ.Sync {
		if s.ended() || s.doc == nil {
			return "", false
		}
		return s.doc.URL(step.typ.Name)
	}
	if s.ended() && !step.typ.Late {
		return "", false
	}
	for _, d := range slices.Backward(s.docs) {
		if link, ok := d.URL(step.typ.Name); ok {
			return link, true
		}
	}
	return "", false
}

// impossible says why an event cannot come.
func (s *session) impossible(step *eventStep) error {
	name := step.typ.Name
	help := "\nif it shall come nevertheless, write `unexpected: true` beside it"
	verb, attribute := raiser(name)
	switch {
	case s.ended():
		return fmt.Errorf("%s cannot come: the call has ended%s", name, help)
	case verb == "":
		return fmt.Errorf("%s cannot come to a running call%s", name, help)
	case !step.typ.Sync:
		return fmt.Errorf("%s cannot come: no document so far has a %s with %s, which is set when the flow handles the event%s",
			name, verb, attribute, help)
	}
	return fmt.Errorf("%s cannot come: the current document has no %s with %s\nit is %s%s", name, verb, attribute, verbList(s.doc), help)
}

// raiser returns a verb that raises an event and its URL attribute.
func raiser(name string) (verb, attribute string) {
	for _, v := range bxml.Verbs() {
		if a := v.URL(name); a != nil {
			return v.Name, a.Name
		}
	}
	return "", ""
}

// starts reports whether a machine of the session's flow can begin with an event.
func (s *session) starts(t *event.Type) bool { return len(s.flow.Start[t.Name]) > 0 }
