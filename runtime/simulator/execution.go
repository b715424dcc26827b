package simulator

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// verb is a verb that takes time. Those that can also take digits or speech implement digitTaker and speechTaker.
type verb interface {
	// cancel is called when something stops the verb before its end. Its timers are stopped already. It must neither call
	// done nor start anything on the leg.
	cancel(why reason)
}

// digitTaker is a verb that takes the keys that the party presses. It reports whether it took this one.
type digitTaker interface{ digit(d byte) bool }

// speechTaker is a verb that listens to what the party says, for as long as it takes to say it.
type speechTaker interface {
	speech(text string, lasts time.Duration) bool
}

// starter begins a verb. It returns nil when nothing is left to do, because the verb is over at once, or because it ended the
// call or asked for another document.
type starter func(x *execution) verb

// execution is one verb while it runs on a leg.
type execution struct {
	leg     *leg
	element *bxml.Element
	row     *bxml.Verb
	base    *url.URL // of the document
	verb    verb     // nil while it starts
	closed  bool     // it is over, or something stopped it
	stopped bool     // something stopped it, for the reason why
	why     reason
	timers  []*timer
}

// start begins the verb. What stopped it while it began is told to it afterwards.
func (x *execution) start(begin starter) {
	v := begin(x)
	switch {
	case v == nil:
		x.close()
	case x.stopped:
		v.cancel(x.why)
	case !x.closed:
		x.verb = v
	}
}

// close ends the execution without going on.
func (x *execution) close() {
	x.closed = true
	for _, t := range x.timers {
		x.leg.c.stop(t)
	}
	x.timers = nil
	if x.leg.running == x {
		x.leg.running = nil
	}
}

// done ends the verb and runs the next one.
func (x *execution) done() {
	if x.closed {
		return
	}
	x.close()
	x.leg.proceed()
}

// finish ends the verb with its synchronous webhook, whose answer replaces the document, or with the next verb when the
// element has no URL for it.
func (x *execution) finish(name string, w event.Webhook) {
	if x.closed {
		return
	}
	if t := x.targets(x.element, name); t.primary.url != nil {
		x.ask(name, w, t)
		return
	}
	x.done()
}

// ask ends the verb with a synchronous webhook, whose answer replaces the document.
func (x *execution) ask(name string, w event.Webhook, t targets) {
	if x.closed {
		return
	}
	x.close()
	x.leg.program = nil
	x.leg.ask(name, w, t)
}

// fail ends the call because of what the verb asks for.
func (x *execution) fail(cause, message string) {
	x.leg.problem("%s: %s", x.element.Name, message)
	x.leg.end(cause, message)
}

// after lets run happen d from now, unless the verb is over by then. The timer is stopped with the verb.
func (x *execution) after(d time.Duration, run func()) *timer {
	t := x.leg.c.after(d, run)
	x.timers = append(x.timers, t)
	return t
}

// stop stops a timer of the verb, which may be nil.
func (x *execution) stop(t *timer) {
	x.leg.c.stop(t)
	for i := range x.timers {
		if x.timers[i] == t {
			x.timers = append(x.timers[:i], x.timers[i+1:]...)
			return
		}
	}
}

// value returns an attribute, or its default from the table of verbs.
func (x *execution) value(name string) string {
	if v, ok := x.element.Attr(name); ok {
		return v
	}
	if x.row != nil {
		if a := x.row.Attribute(name); a != nil {
			return a.Default
		}
	}
	return ""
}

func (x *execution) flag(name string) bool { return strings.EqualFold(x.value(name), "true") }

func (x *execution) number(name string) int {
	n, _ := strconv.Atoi(x.value(name))
	return n
}

func (x *execution) seconds(name string) time.Duration { return decimal(x.value(name), time.Second) }

func (x *execution) milliseconds(name string) time.Duration {
	return decimal(x.value(name), time.Millisecond)
}

// decimal reads a checked number of units. What is above a week is a week.
func decimal(s string, unit time.Duration) time.Duration {
	n, _ := strconv.ParseFloat(s, 64)
	return time.Duration(min(n*float64(unit), float64(7*24*time.Hour)))
}

// resolve makes a URL of a document absolute. It returns nil when that is impossible.
func (x *execution) resolve(ref string) *url.URL { return resolve(x.base, ref) }

func resolve(base *url.URL, ref string) *url.URL {
	u, err := url.Parse(ref)
	if err != nil {
		return nil
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Host == "" || u.Scheme == "" {
		return nil
	}
	u.Fragment = ""
	return u
}

// targets returns where an event of an element is sent, from its attributes and the table of verbs. Without the URL the zero
// targets are returned. The element may be the verb's own or a child of it.
func (x *execution) targets(e *bxml.Element, name string) targets {
	row := bxml.Lookup(e.Name)
	a := row.URL(name)
	if a == nil {
		return targets{}
	}
	t := targets{primary: x.target(e, a)}
	if fallback := a.Fallback(); fallback != "" {
		t.fallback = x.target(e, row.Attribute(fallback))
	}
	return t
}

func (x *execution) target(e *bxml.Element, a *bxml.Attribute) target {
	ref, ok := e.Attr(a.Name)
	if !ok {
		return target{}
	}
	at := func(name string) string { v, _ := e.Attr(name); return v }
	t := target{url: x.resolve(ref), method: at(a.Method()), user: at(a.Username()), password: at(a.Password())}
	if t.method == "" {
		t.method = "POST"
	}
	return t
}
