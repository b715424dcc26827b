package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Inbound is a call that a person makes to one of the carrier's numbers. All but From and To is optional; what it means stands
// on the page of the event initiate.
type Inbound struct {
	From, To    string // E.164 or SIP URI; From may also be Private, Restricted, Unavailable or Anonymous
	UUI         string
	Diversion   *event.Diversion
	StirShaken  *event.StirShaken
	Identity    string
	Headers     map[string]string // X- headers of a SIP call; names are sent in lower case
	Privacy     bool
	DisplayName string
}

// Place lets a person dial a number of the carrier, and returns the callId. It fails when no application has the number, or the
// account has no room for a further call.
func (c *Carrier) Place(in Inbound) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	app := c.numbers[in.To]
	switch {
	case app == nil:
		return "", fmt.Errorf("place: no application has the number %q", in.To)
	case in.From == "":
		return "", fmt.Errorf("place: a call needs a number that calls")
	case !c.dialer.room(c):
		return "", fmt.Errorf("place: %s", concurrentLimit)
	}
	c.dialer.count(c)
	l := c.newLeg(inbound, in.From, in.To)
	l.app, l.timeout, l.inbound, l.phone = app.ID, app.Timeout, &in, c.phones[in.From]
	l.started, l.ringing = c.now(), true
	l.disconnect = targets{primary: locate(app.StatusURL, app.StatusMethod, app.Username, app.Password)}
	l.tell(Event{Kind: CallStarted, From: l.from, To: l.to, Direction: inbound})
	l.ask("initiate", initiate(l), targets{
		primary:  locate(app.URL, app.Method, app.Username, app.Password),
		fallback: locate(app.FallbackURL, app.FallbackMethod, app.FallbackUsername, app.FallbackPassword),
	})
	return l.id, nil
}

func initiate(l *leg) *event.Initiate {
	in := l.inbound
	w := &event.Initiate{UUI: in.UUI, Diversion: in.Diversion, StirShaken: in.StirShaken, Identity: in.Identity, Privacy: in.Privacy,
		CallerDisplayName: in.DisplayName, SIPCallID: sipCallID(l.id)}
	for name, value := range in.Headers {
		if w.SIPHeaders == nil {
			w.SIPHeaders = map[string]string{}
		}
		w.SIPHeaders[strings.ToLower(name)] = value
	}
	return w
}

// locate makes a target of a URL that was checked before.
func locate(ref, method, user, password string) target {
	if ref == "" {
		return target{}
	}
	u, err := absolute(ref)
	if err != nil {
		return target{}
	}
	if method == "" {
		method = "POST"
	}
	return target{url: u, method: method, user: user, password: password}
}

// PickUp answers a leg that rings because somebody dialled it.
func (c *Carrier) PickUp(id string) error { return c.callee(id, "pick up", (*leg).answer) }

// PickUpAs is PickUp of a call whose maker asks for machine detection, which finds what is given and not what the Phone of
// the number says. Findings are the values of machineDetectionResult.value.
func (c *Carrier) PickUpAs(id, finding string) error {
	if !slices.Contains(event.Lookup("machineDetectionComplete").Field("machineDetectionResult.value").Values, finding) {
		return fmt.Errorf("pick up: machine detection never finds %q", finding)
	}
	wrong := ""
	err := c.callee(id, "pick up", func(l *leg) {
		if l.creation == nil || l.creation.MachineDetection == nil {
			wrong = l.id
			return
		}
		l.phone.Machine = finding
		l.answer()
	})
	if err == nil && wrong != "" {
		err = fmt.Errorf("pick up: nobody asked for machine detection on leg %s", wrong)
	}
	return err
}

// Refuse rejects a leg that rings.
func (c *Carrier) Refuse(id string) error { return c.callee(id, "refuse", (*leg).refused) }

// Busy tells that the party of a leg that rings is busy.
func (c *Carrier) Busy(id string) error { return c.callee(id, "busy", (*leg).busy) }

// callee does something for the called party of a leg that rings.
func (c *Carrier) callee(id, what string, do func(*leg)) error {
	return c.person(id, what, func(l *leg) error {
		switch {
		case l.direction == inbound:
			return fmt.Errorf("leg %s is the caller's, its documents answer it", id)
		case !l.ringing:
			return fmt.Errorf("leg %s is not ringing but %s", id, l.state)
		}
		do(l)
		return nil
	})
}

// person does something at a leg that has not ended.
func (c *Carrier) person(id, what string, do func(*leg) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.legs[id]
	var err error
	switch {
	case l == nil:
		err = fmt.Errorf("there is no leg %q", id)
	case l.ended():
		err = fmt.Errorf("leg %s has ended (%s)", id, l.cause)
	default:
		err = do(l)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Press lets the party of an answered leg press keys: 0-9, *, # and A-D, with Config.KeyGap between two of them. Keys of one
// instant are reported a millisecond apart.
func (c *Carrier) Press(id, digits string) error {
	return c.person(id, "press", func(l *leg) error {
		keys, err := dialled(digits)
		switch {
		case err != nil:
			return err
		case keys == "":
			return fmt.Errorf("no keys given")
		case l.state != StateAnswered:
			return fmt.Errorf("leg %s has not been answered", id)
		}
		l.press(keys)
		return nil
	})
}

// dialled checks keys and returns them in upper case.
func dialled(digits string) (string, error) {
	keys := strings.ToUpper(digits)
	if i := strings.IndexFunc(keys, func(r rune) bool { return !strings.ContainsRune("0123456789*#ABCD", r) }); i >= 0 {
		return "", fmt.Errorf("%q is no key of a phone", keys[i:i+1])
	}
	return keys, nil
}

// Say lets the party of an answered leg say something. How long it takes is estimated, see Speech; it does not wait for that, but
// what the party does next does, see Config.KeyGap.
func (c *Carrier) Say(id, text string) error {
	return c.person(id, "say", func(l *leg) error {
		if l.state != StateAnswered {
			return fmt.Errorf("leg %s has not been answered", id)
		}
		l.say(text)
		return nil
	})
}

// HangUp lets the party leave, after what it is doing (see Config.KeyGap): an answered call ends with cause hangup, a caller who gives up before with cause cancel.
func (c *Carrier) HangUp(id string) error {
	return c.person(id, "hang up", func(l *leg) error {
		switch {
		case l.state == StateAnswered:
			l.hangUp()
		case l.direction == inbound:
			l.end(causeCancel, "Call was cancelled")
		default:
			return fmt.Errorf("leg %s has not been answered: refuse it, or pick it up first", id)
		}
		return nil
	})
}

// plays tells that the leg hears a text or a file for so long.
func (l *leg) plays(e Event, lasts time.Duration) {
	e.Duration = lasts
	l.tell(e)
	heard := e.Text
	if heard == "" {
		heard = e.URL
	}
	l.hears(heard)
	l.played(heard, lasts)
}
