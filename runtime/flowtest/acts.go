package flowtest

import (
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/internal/yamlsrc"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// act is what a person does, or what comes from outside of the calls.
type act struct {
	kind     string
	text     string        // what is pressed or said, what machine detection finds, the name of a signal
	lasts    time.Duration // of silence and wait
	from, to string        // of call
	request  runtime.CallRequest
	with     map[string]any // of a signal
}

// anywhere reports whether an act may stand in a test of events, too.
func (a *act) anywhere() bool { return a.kind == "wait" || a.kind == "signal" }

// acts maps the names of what people do to how the rest of the step is read.
var acts = map[string]func(*reader, *act, *node){
	"call":    (*reader).call,
	"start":   (*reader).start,
	"pickUp":  (*reader).pickUp,
	"hangUp":  (*reader).alone,
	"refuse":  (*reader).alone,
	"busy":    (*reader).alone,
	"press":   (*reader).pressed,
	"say":     func(r *reader, a *act, n *node) { t, _ := r.scalar(n, `"say"`); a.text = t.value },
	"silence": func(r *reader, a *act, n *node) { a.lasts = r.lasting(n, `"silence"`) },
	"wait":    func(r *reader, a *act, n *node) { a.lasts = r.lasting(n, `"wait"`) },
	"signal":  (*reader).signal,
}

func (r *reader) act(name text, body *node) *act {
	a := &act{kind: name.value}
	acts[name.value](r, a, body)
	return a
}

func (r *reader) alone(a *act, n *node) {
	if !isNull(n) && (n.Kind != yamlsrc.Map || len(n.Entries) > 0) {
		r.problems.Errorf(ruleWrongType, n.Span, "%q takes nothing, not %s", a.kind, describe(n)).
			WithHelp("say whose it is beside it, as in `leg: agent`")
	}
}

// pickUp reads who picks up, where the flow asks for machine detection.
func (r *reader) pickUp(a *act, n *node) {
	if n.Kind != yamlsrc.Map {
		r.alone(a, n)
		return
	}
	r.object(n, `"pickUp"`, keys{"machine": func(_, n *node) {
		t, ok := r.scalar(n, `"machine"`)
		if known := event.Lookup("machineDetectionComplete").Field("machineDetectionResult.value").Values; ok && !slices.Contains(known, t.value) {
			r.unknown(ruleValue, n.Span, "machine detection never finds", t.value, known)
		}
		a.text = t.value
	}})
}

func (r *reader) pressed(a *act, n *node) {
	t, ok := r.scalar(n, `"press"`)
	if a.text = t.value; !ok {
		return
	}
	for _, key := range t.value {
		switch {
		case key >= '0' && key <= '9', key >= 'A' && key <= 'D', key == '*', key == '#':
		default:
			r.problems.Errorf(ruleValue, n.Span, "%q is no key of a phone", string(key)).WithHelp(`keys are 0 to 9, *, # and A to D, as in press: "1#"`)
			return
		}
	}
}

// word reads a text into a place.
func (r *reader) word(to *string) func(key, n *node) {
	return func(key, n *node) {
		t, _ := r.scalar(n, `"`+key.Value+`"`)
		*to = t.value
	}
}

func (r *reader) call(a *act, n *node) {
	r.object(n, `"call"`, keys{"from": r.word(&a.from), "to": r.word(&a.to)})
}

func (r *reader) start(a *act, n *node) {
	q := &a.request
	values := func(to *map[string]any) func(key, n *node) {
		return func(key, n *node) { *to = r.results(n, `"`+key.Value+`"`) }
	}
	r.object(n, `"start"`, keys{
		"to": r.word(&q.To), "from": r.word(&q.From), "tag": r.word(&q.Tag),
		"vars": values(&q.Vars), "params": values(&q.Params), "machineDetection": values(&q.MachineDetection),
		"callTimeout": func(_, n *node) { q.CallTimeout = float64(r.integer(n, `"callTimeout"`)) },
	})
	if q.To == "" && n.Get("to") == nil {
		r.problems.Errorf(ruleMissingKey, n.Span, "%q needs %q", "start", "to").WithHelp(`say who is called, as in start: {to: "+15551112222"}`)
	}
}

func (r *reader) signal(a *act, n *node) {
	named := func(_, n *node) {
		t, ok := r.scalar(n, `"signal"`)
		if a.text = t.value; ok {
			r.refer(refSignal, t)
		}
	}
	if n.Kind == yamlsrc.Scalar {
		named(nil, n)
		return
	}
	r.object(n, `"signal"`, keys{
		"name": named,
		"with": func(_, n *node) { a.with = r.results(n, `"with"`) },
	})
	if a.text == "" && n.Get("name") == nil {
		r.problems.Errorf(ruleMissingKey, n.Span, "%q needs %q", "signal", "name").WithHelp("name it, as in `signal: {name: agentFree, with: {desk: 4}}`")
	}
}
