package simulator

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// target is a URL that a webhook is sent to. The zero target is none.
type target struct {
	url            *url.URL
	method         string
	user, password string
}

// targets are a URL and the one that is asked when it fails.
type targets struct{ primary, fallback target }

// hook is a webhook on its way.
type hook struct {
	name    string // the event type of the feed and of faults, as in the table of events
	call    string // callId, "" for events of conferences
	line    string // the session, or the conference: see delivery.go
	body    []byte // JSON
	targets targets
	sync    bool
	timeout time.Duration
	done    func(reply) // of synchronous ones, called once
	current func() bool // reports whether anybody still waits for the answer; nil: always
	retried bool
}

// reply is what a synchronous webhook brought.
type reply struct {
	body []byte
	url  *url.URL // that answered
	err  error    // why neither URL did
}

// answer is what one request brought.
type answer struct {
	status     int
	body       []byte
	url        *url.URL // where it came from, after redirects
	err        error
	connection bool // the request did not reach the application
}

// ask sends a synchronous webhook of the leg. The answer is the leg's next document; a failure ends the call.
func (l *leg) ask(name string, w event.Webhook, t targets) {
	l.request(name, w, t, func(r reply) {
		if r.err != nil {
			l.end(causeCallback, "Callback could not be delivered: "+wording(r.err))
			return
		}
		l.load(r.body, r.url)
	})
}

// request sends a synchronous webhook of the leg. The leg waits for it and does nothing else; then is not called when something
// stopped the wait, such as the end of the call.
func (l *leg) request(name string, w event.Webhook, t targets, then func(reply)) {
	h := l.hook(name, w, t)
	h.sync = true
	h.current = func() bool { return l.asked == h }
	h.done = func(r reply) {
		if l.asked == h {
			l.asked = nil
			then(r)
		}
	}
	l.asked = h
	if !l.bursts() {
		l.c.send(h)
	}
}

// notify sends an asynchronous webhook of the leg. Without a URL it does nothing.
func (l *leg) notify(name string, w event.Webhook, t targets) {
	if t.primary.url != nil && !l.bursts() {
		l.c.send(l.hook(name, w, t))
	}
}

func (l *leg) hook(name string, w event.Webhook, t targets) *hook {
	l.fill(name, w)
	if l.c.cfg.Choices.PagesOnly {
		trim(w)
	}
	return &hook{name: name, call: l.id, line: l.session(), body: encode(w), targets: t, timeout: l.timeout}
}

// pace is how long after each other the webhooks of a call are in real time when documents take time.
const pace = 100 * time.Millisecond

// bursts counts the webhooks of this instant, in real time those that follow each other faster than pace, and ends the call when
// they are too many.
func (l *leg) bursts() bool {
	now := l.c.now()
	if since := now.Sub(l.burst.at); since >= pace || l.c.virtual() && since != 0 {
		l.burst.n = 0
	}
	l.burst.at = now
	if l.burst.n++; l.burst.n <= l.c.cfg.Choices.MaxAtOnce || l.ended() {
		return false
	}
	l.problem("more than %d webhooks in a row: documents ask for each other without taking time", l.c.cfg.Choices.MaxAtOnce)
	l.end(causeError, "Too many callbacks")
	return true
}

// send puts a webhook on its way. The request is made when everything that is due before has happened.
func (c *Carrier) send(h *hook) { c.after(0, func() { c.queue(h) }) }

// attempt makes one request, unless a fault comes between.
func (c *Carrier) attempt(h *hook, fallback bool) {
	if h.current != nil && !h.current() {
		c.over(h)
		return
	}
	x := c.exchange(h, fallback)
	if x.target.url == nil {
		c.settle(x, answer{err: errors.New("the url cannot be resolved"), connection: true})
		return
	}
	if f := c.webhookFault(h); f != nil {
		if f.Kind == Delay || f.Kind == Reorder {
			c.over(h) // others overtake it
		}
		c.disturb(x, f)
		return
	}
	c.dispatch(x)
}

// dispatch hands a request over to be made without the lock.
func (c *Carrier) dispatch(x *exchange) {
	c.sent(x)
	c.outbox = append(c.outbox, x)
	c.release()
}

func (c *Carrier) sent(x *exchange) {
	c.tell(Event{Kind: WebhookSent, Call: x.hook.call, Type: x.hook.name, URL: x.target.url.String(), Method: x.target.method,
		Body: string(x.hook.body), Fallback: x.fallback})
}

// answered takes the outcome of a round trip: it is settled when the answer has arrived, or when the carrier gives up waiting.
func (c *Carrier) answered(x *exchange, a answer) {
	latency := c.cfg.Latency + x.slow
	if latency >= x.hook.timeout {
		latency, a = x.hook.timeout, answer{err: fmt.Errorf("no answer within %s", x.hook.timeout)}
	}
	c.after(latency, func() { c.settle(x, a) })
}

// settle acts on the outcome of a request: the next attempt, or the end of the webhook.
func (c *Carrier) settle(x *exchange, a answer) {
	h := x.hook
	e := Event{Kind: WebhookAnswered, Call: h.call, Type: h.name, Status: a.status, Body: string(a.body), Fallback: x.fallback}
	if x.target.url != nil {
		e.URL, e.Method = x.target.url.String(), x.target.method
	}
	if a.err == nil && a.status/100 != 2 {
		a.err = fmt.Errorf("status %d", a.status)
		a.connection = false
	}
	if a.err != nil {
		e.Err = a.err.Error()
	}
	c.tell(e)
	switch {
	case x.copy:
	case a.err == nil && h.sync:
		h.done(reply{body: a.body, url: a.url})
		c.over(h)
	case a.err == nil:
		c.over(h)
	case !h.sync && a.connection && !h.retried:
		h.retried = true
		c.after(c.cfg.Choices.RetryAfter, func() { c.attempt(h, x.fallback) })
	case !x.fallback && h.targets.fallback.url != nil && c.cfg.Choices.again(a):
		h.retried = false
		c.attempt(h, true)
	case h.sync:
		h.done(reply{err: a.err})
		c.over(h)
	default:
		c.over(h)
	}
}
