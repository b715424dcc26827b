package runtime

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// randomFlows is how many flows TestTheCheckerAgreesWithExecution makes; the environment variable EXPLORE_FLOWS says otherwise.
const randomFlows = 300

// exploredDepth is how many events the longest sequence has that is tried.
const exploredDepth = 6

// explored runs random flows.
type explored struct {
	t       *testing.T
	stepper *Stepper
	flow    *flow.Flow
	failed  [][]string // sequences whose last event got the apology
}

// moment is where a sequence of events has led to.
type moment struct {
	m        *Machine
	document []byte // that runs
	path     []string
	signals  uint32
}

// offered is an event that can come next.
type offered struct {
	label string
	in    *Input
}

// events returns what can come next: the outcomes of the events whose URLs the document has, and signals.
func (x *explored) events(at *moment) []offered {
	var list []offered
	for _, found := range plainTokens.FindAllStringSubmatch(string(at.document), -1) {
		turn, _ := strconv.Atoi(found[2])
		verb, _ := strconv.Atoi(found[3])
		c := &Claims{Machine: found[1], Flow: x.flow.Name, Turn: uint32(turn), Verb: uint16(verb), Event: found[4]}
		field := ""
		for _, v := range randomVerbs {
			if v.event == found[4] {
				field = v.field
			}
		}
		values := []string{""}
		if field != "" {
			values = outcomes[field]
		}
		for _, value := range values {
			if field == "cause" && value == "" && found[4] == "transferComplete" { // it always has one
				continue
			}
			if len(value) == 2 && bytes.Contains(at.document, []byte(`maxDigits="1"`)) {
				continue
			}
			list = append(list, x.webhook(found[4], field, value, c))
		}
	}
	for _, name := range []string{"go", "stop"} {
		list = append(list, x.signal(name, at.signals+1))
	}
	return list
}

func (x *explored) webhook(name, field, value string, c *Claims) offered {
	label := name + ": {}"
	fields := map[string]any{"callId": stepCall, "from": "+15551112222", "to": "+15553334444", "eventTime": "2026-11-20T12:00:00Z"}
	if field != "" && !(field == "cause" && value == "") {
		fields[field] = value
		label = fmt.Sprintf("%s: {%s: %q}", name, field, value)
	}
	e, err := event.New(name, fields)
	if err != nil {
		x.t.Fatal(err)
	}
	return offered{label, &Input{Event: e, Token: c, Flow: x.flow, Now: stepClock}}
}

func (x *explored) signal(name string, id uint32) offered {
	return offered{name + ": {}", &Input{Internal: &InternalEvent{Name: name, From: "test", ID: id}, Now: stepClock}}
}

// step takes one event. It returns nil when the call is over, or when the apology was given, which is noted.
func (x *explored) step(at *moment, o offered) *moment {
	out := x.stepper.Step(at.m, o.in)
	next := &moment{m: out.Machine, document: at.document, path: append(slices.Clip(at.path), o.label), signals: at.signals + 1}
	switch {
	case bytes.Equal(out.Document, []byte(stepApology)):
		x.failed = append(x.failed, next.path)
		return nil
	case out.Kind == Document || out.Push:
		next.document = bytes.Clone(out.Document)
	}
	return next
}

// begin starts the call.
func (x *explored) begin() *moment {
	return x.step(&moment{m: &Machine{}}, x.webhook("initiate", "", "", nil))
}

// search tries all sequences of events up to the depth. Prefixes are shared; of equal situations the first is gone on with.
func (x *explored) search() {
	level := []*moment{x.begin()}
	for depth := 1; depth < exploredDepth && len(level) > 0; depth++ {
		var next []*moment
		seen := map[string]bool{}
		for _, at := range level {
			if at == nil {
				continue
			}
			for _, o := range x.events(at) {
				to := x.step(at, o)
				if to == nil {
					continue
				}
				key := situationOf(to)
				if !seen[key] {
					seen[key] = true
					next = append(next, to)
				}
			}
		}
		level = next
	}
}

var turns = regexp.MustCompile(`~\d+~`)

// situationOf names what a flow can tell apart: the state, the visits, and the document that runs.
func situationOf(at *moment) string {
	f := &at.m.Frames[0]
	visits := slices.Clone(f.Visits)
	slices.SortFunc(visits, func(a, b Visit) int { return a.State - b.State })
	current := bytes.Contains(at.document, fmt.Appendf(nil, "~%d~", at.m.Turn))
	return fmt.Sprint(at.m.State(), visits, current, turns.ReplaceAllString(string(at.document), "~"))
}

// replay plays a reported sequence and reports whether its last event gets the apology.
func (x *explored) replay(path []string) bool {
	at := x.begin()
	for i, label := range path[1:] {
		j := -1
		if at != nil {
			any, _ := strings.CutSuffix(label, " {}") // whatever it says
			j = slices.IndexFunc(x.events(at), func(o offered) bool { return o.label == label || strings.HasPrefix(o.label, any) })
		}
		if j < 0 {
			return false
		}
		at = x.step(at, x.events(at)[j])
		if at == nil {
			return i == len(path)-2
		}
	}
	return false
}

var stepsOf = regexp.MustCompile(`the steps (.*)$`)

// TestTheCheckerAgreesWithExecution compares what is said about random flows with what happens when they run: who answers
// nothing is reported, and what is reported happens.
func TestTheCheckerAgreesWithExecution(t *testing.T) {
	flows := randomFlows
	if n, err := strconv.Atoi(os.Getenv("EXPLORE_FLOWS")); err == nil {
		flows = n
	}
	stepper := newTestStepper(t, func(c *StepConfig) { c.Push, c.PublicURL = true, "https://flows.example" })
	silent, reported := 0, 0
	for seed := uint64(0); silent+reported < flows; seed++ {
		text := randomFlow(rand.New(rand.NewPCG(seed, 4)))
		f, paths := verdictOf(t, text)
		if f == nil {
			continue
		}
		x := &explored{t: t, stepper: stepper, flow: f}
		x.search()
		if (len(paths) > 0) != (len(x.failed) > 0) && !(len(x.failed) == 0 && !slices.ContainsFunc(paths, short)) {
			t.Fatalf("seed %d: execution fails on %q, the checker reports %q:\n%s", seed, x.failed, paths, text)
		}
		for _, path := range paths {
			if !x.replay(path) {
				t.Errorf("seed %d: the sequence %q does not fail:\n%s", seed, path, text)
			}
		}
		if len(paths) > 0 {
			reported++
		} else {
			silent++
		}
	}
	t.Logf("%d flows are silent, %d are reported", silent, reported)
	if silent < flows/10 || reported < flows/10 {
		t.Errorf("of %d flows %d are silent and %d are reported: too one-sided to prove anything", flows, silent, reported)
	}
}

func short(path []string) bool { return len(path) <= exploredDepth }

// verdictOf compiles a flow and returns it with the sequences that the checker reports; nil when the flow has other errors. What is
// reported is ignored then, so that the flow can run.
func verdictOf(t *testing.T, text string) (*flow.Flow, [][]string) {
	t.Helper()
	source := flow.Source{Path: "random.yaml", Text: []byte(text)}
	_, problems := flow.Compile(flow.Options{}, source)
	var paths [][]string
	lines := strings.Split(text, "\n")
	for _, p := range problems {
		if p.Rule == "unanswered-event" || p.Rule == "open-outcome" {
			paths = append(paths, strings.Split(stepsOf.FindStringSubmatch(p.Help)[1], " / "))
			if line := &lines[p.Span.Start.Line-1]; !strings.Contains(*line, "ignore "+p.Rule) {
				*line += " # bxmlflow: ignore " + p.Rule + " it is to run"
			}
		} else if p.Severity == diag.Error {
			return nil, nil
		}
	}
	source.Text = []byte(strings.Join(lines, "\n"))
	set, problems := flow.Compile(flow.Options{}, source)
	f := set.Flow("random")
	if f == nil {
		t.Fatalf("the flow cannot be run: %v\n%s", problems, source.Text)
	}
	return f, paths
}
