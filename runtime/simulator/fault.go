package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// FaultKind is a kind of fault.
type FaultKind string

// The faults. Webhooks are named by Fault.Event and Fault.Call.
const (
	Drop      FaultKind = "drop"      // the request never arrives: after Delay the carrier sees a broken connection
	Duplicate FaultKind = "duplicate" // the request arrives twice, the second time Delay later
	Delay     FaultKind = "delay"     // the request arrives Delay later
	Slow      FaultKind = "slow"      // the answer takes Delay; above the webhook's timeout the carrier gives up
	Reorder   FaultKind = "reorder"   // the request arrives after the next one, of whatever call, or after Delay (1 s when 0)
	Error     FaultKind = "error"     // the request is answered with Status (500 when 0) and never arrives
	REST      FaultKind = "rest"      // the REST operation Operation answers Status and Description, with RetryAfter when it is not 0
	Outcome   FaultKind = "outcome"   // what Event reports goes wrong: see Fault.Result
	Restart   FaultKind = "restart"   // at once: all calls end with cause error, webhooks on their way are forgotten
)

// Fault is something that goes wrong on demand.
type Fault struct {
	Kind      FaultKind
	Event     string // event type of the webhook, such as "gather"; any when empty
	Call      string // callId of the webhook; any when empty
	Operation string // of REST, such as "createCall"; any when empty
	Status    int
	// Description of the error that REST answers; when empty, what Bandwidth says with that status.
	Description string
	Delay       time.Duration
	RetryAfter  time.Duration
	Count       int // how often it happens, 1 when 0
	// Result is what the next Event (Call) reports with Outcome: the status of recordingAvailable, conferenceRecordingAvailable,
	// transcriptionAvailable and realTimeTranscriptionAvailable, or the cause of disconnect, mediaStreamRejected,
	// mediaStreamStopped and realTimeTranscriptionRejected, or what machine detection finds, by machineDetectionComplete in mode
	// async and by answer in mode sync. With disconnect, it is the next call to end.
	Result string
}

// field returns the field that Outcome changes, "" when the event has none.
func (f *Fault) field() string {
	switch f.Event {
	case "recordingAvailable", "conferenceRecordingAvailable":
		return "status"
	case "transcriptionAvailable":
		return "transcription.status"
	case "realTimeTranscriptionAvailable":
		return "realTimeTranscription.status"
	case "disconnect", "mediaStreamRejected", "mediaStreamStopped", "realTimeTranscriptionRejected":
		return "cause"
	case "machineDetectionComplete", "answer":
		return "machineDetectionResult.value"
	}
	return ""
}

// impossible returns why an Outcome cannot be, "" when it can.
func (f *Fault) impossible() string {
	name := f.field()
	if name == "" {
		return fmt.Sprintf("the outcome of %q cannot be changed", f.Event)
	}
	field := event.Lookup(f.Event).Field(name)
	if field == nil || field.Open || slices.Contains(field.Values, f.Result) {
		return ""
	}
	return fmt.Sprintf("%s of %s is never %q, but one of %s", name, f.Event, f.Result, strings.Join(field.Values, ", "))
}

// Fault adds a fault, which happens to the next Count matching webhooks or requests. An Outcome that the event cannot have is not
// added, and told as a Problem of the feed.
func (c *Carrier) Fault(f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Count <= 0 {
		f.Count = 1
	}
	if f.Kind == Restart {
		c.restart()
		return
	}
	if f.Kind == Outcome {
		if why := f.impossible(); why != "" {
			c.tell(Event{Kind: Problem, Call: f.Call, Text: "fault: " + why})
			return
		}
	}
	c.faults = append(c.faults, &f)
}

// webhookFault returns the fault that happens to a webhook, nil for none.
func (c *Carrier) webhookFault(h *hook) *Fault {
	return c.fault(func(f *Fault) bool {
		return f.Kind != REST && f.Kind != Outcome && (f.Event == "" || f.Event == h.name) && (f.Call == "" || f.Call == h.call)
	})
}

// restFault returns the fault that happens to a REST operation, nil for none.
func (c *Carrier) restFault(operation string) *Fault {
	return c.fault(func(f *Fault) bool { return f.Kind == REST && (f.Operation == "" || f.Operation == operation) })
}

// outcome returns what an event reports: what a fault says, else what happened.
func (c *Carrier) outcome(name, call, otherwise string) string {
	f := c.fault(func(f *Fault) bool {
		return f.Kind == Outcome && f.Event == name && (f.Call == "" || f.Call == call)
	})
	if f == nil {
		return otherwise
	}
	return f.Result
}

func (c *Carrier) fault(matches func(*Fault) bool) *Fault {
	i := slices.IndexFunc(c.faults, matches)
	if i < 0 {
		return nil
	}
	f := c.faults[i]
	if f.Count--; f.Count == 0 {
		c.faults = slices.Delete(c.faults, i, i+1)
	}
	return f
}

// disturb lets a fault happen to a request.
func (c *Carrier) disturb(x *exchange, f *Fault) {
	switch f.Kind {
	case Drop:
		c.sent(x)
		c.after(f.Delay, func() { c.settle(x, answer{err: errors.New("connection lost"), connection: true}) })
	case Error:
		c.sent(x)
		status := f.Status
		if status == 0 {
			status = http.StatusInternalServerError
		}
		c.settle(x, answer{status: status, url: x.target.url})
	case Duplicate:
		c.dispatch(x)
		again := *x
		again.copy = true
		c.after(f.Delay, func() { c.dispatch(&again) })
	case Slow:
		x.slow = f.Delay
		c.dispatch(x)
	case Delay:
		c.after(f.Delay, func() { c.dispatch(x) })
	case Reorder:
		c.hold(x, f.Delay)
	default:
		c.dispatch(x)
	}
}

// hold keeps a request back until another one has gone, or until it has waited long enough.
func (c *Carrier) hold(x *exchange, longest time.Duration) {
	if longest <= 0 {
		longest = time.Second
	}
	gone := false
	send := func() {
		if !gone {
			gone = true
			c.dispatch(x)
		}
	}
	c.held = append(c.held, send)
	c.after(longest, send)
}

// release lets the requests go that were held back.
func (c *Carrier) release() {
	held := c.held
	c.held = nil
	for _, send := range held {
		c.after(0, send)
	}
}

// restart ends every call, as a platform that loses its memory does.
func (c *Carrier) restart() {
	for len(c.schedule) > 0 {
		c.stop(c.schedule[0])
	}
	c.held = nil
	clear(c.lines)
	for _, l := range slices.Clone(c.order) {
		l.end(causeError, "The call was lost")
	}
}
