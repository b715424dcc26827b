package flowtest

import (
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
)

// fault is something that goes wrong on the way of the next webhooks, or a restart.
type fault struct {
	kind  string
	event string        // type of the webhook; "" for the next one, whatever it is
	by    time.Duration // how late it comes
	count int           // webhooks that it happens to
	leg   *leg          // whose webhooks, in a test of events; nil for all
	what  string        // of a restart: engine, carrier or both
}

// faultKinds maps the names of faults to how the rest of the step is read.
var faultKinds = map[string]func(*reader, *fault, *node){
	"duplicate": (*reader).webhooks,
	"drop":      (*reader).webhooks,
	"delay":     (*reader).webhooks,
	"reorder":   (*reader).webhooks,
	"restart":   (*reader).restart,
}

// defaultDelay is how late a webhook comes that a test delays without saying by how much.
const defaultDelay = 2 * time.Second

func (r *reader) fault(name text, body *node) *fault {
	f := &fault{kind: name.value, count: 1}
	if f.kind == "delay" {
		f.by = defaultDelay
	}
	faultKinds[name.value](r, f, body)
	return f
}

// webhooks reads which webhooks a fault happens to: nothing, the type of an event, or a map.
func (r *reader) webhooks(f *fault, n *node) {
	if isNull(n) {
		return
	}
	if n.Kind == yamlsrc.Scalar {
		if d, err := time.ParseDuration(n.Value); err == nil && f.kind == "delay" {
			f.by = d
			return
		}
		r.faultEvent(f, n)
		return
	}
	known := keys{
		"event": func(_, n *node) { r.faultEvent(f, n) },
		"count": func(_, n *node) { f.count = max(r.integer(n, `"count"`), 1) },
	}
	if f.kind != "drop" && f.kind != "reorder" {
		known["by"] = func(_, n *node) { f.by = r.lasting(n, `"by"`) }
	}
	r.object(n, `"`+f.kind+`"`, known)
}

func (r *reader) faultEvent(f *fault, n *node) {
	t, ok := r.scalar(n, `"event"`)
	if !ok {
		return
	}
	typ := event.Lookup(t.value)
	if typ == nil {
		var known []string
		for _, t := range event.Types() {
			known = append(known, t.Name)
		}
		r.unknown(ruleEvent, n.Span, "there is no event", t.value, known)
		return
	}
	f.event = typ.Name
}

func (r *reader) restart(f *fault, n *node) {
	if f.what = "engine"; isNull(n) {
		return
	}
	known := []string{"engine", "carrier", "both"}
	if t, ok := r.scalar(n, `"restart"`); ok {
		if f.what = t.value; !slices.Contains(known, t.value) {
			r.unknown(ruleValue, n.Span, "nothing to restart is called", t.value, known)
			f.what = "engine"
		}
	}
}

// faultsFit checks that the faults of a test are such that can happen in it: in one of events the author is the carrier.
func (r *reader) faultsFit(t *test) {
	for i := range t.steps {
		s := &t.steps[i]
		if t.people || t.astray || s.fault == nil {
			continue
		}
		switch {
		case s.fault.kind == "delay" || s.fault.kind == "reorder":
			r.problems.Errorf(ruleStep, s.name.span, "%q does not stand in a test that is made of events", s.fault.kind).
				WithHelp("write the events in the order in which they come, with `wait` between them and `unexpected: true` beside one that comes late")
		case s.fault.kind == "restart" && s.fault.what != "engine":
			r.problems.Errorf(ruleStep, s.name.span, "there is no carrier to restart in a test that is made of events").
				WithHelp("write the events of the calls that are lost, as in `disconnect: {cause: error}`")
		}
	}
}

// failing is a request to the REST API that fails.
type failing struct {
	operation   string
	status      int
	description string
	after       time.Duration // of Retry-After
	count       int           // requests that fail
}

// operations are those that the runtime uses, by their names in the API. transcribeRecording is the name that flows have for one.
var operations = []string{
	"createCall", "deleteRecording", "getCallState", "listCalls", "transcribeCallRecording", "updateCall", "updateCallBxml",
	"updateCallRecordingState", "updateConference", "updateConferenceBxml", "updateConferenceMember",
}

// failings reads which requests fail: a status for an operation, or a map.
func (r *reader) failings(n *node) []failing {
	var list []failing
	r.named(n, `"fail"`, func(name text, n *node) {
		f := failing{operation: name.value, status: 500, count: 1}
		if !slices.Contains(operations, name.value) {
			r.unknown(ruleValue, name.span, "there is no operation", name.value, operations)
			return
		}
		if n.Kind == yamlsrc.Map {
			r.object(n, `"`+name.value+`"`, keys{
				"status":      func(_, n *node) { f.status = r.integer(n, `"status"`) },
				"description": r.word(&f.description),
				"retryAfter":  func(_, n *node) { f.after = r.lasting(n, `"retryAfter"`) },
				"count":       func(_, n *node) { f.count = max(r.integer(n, `"count"`), 1) },
			})
		} else {
			f.status = r.integer(n, `"`+name.value+`"`)
		}
		if f.status < 400 || f.status > 599 {
			r.problems.Errorf(ruleValue, n.Span, "a request fails with a status from 400 to 599, not with %d", f.status)
		}
		list = append(list, f)
	})
	return list
}
