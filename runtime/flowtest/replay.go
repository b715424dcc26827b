package flowtest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// Replay decides the steps of recordings again with the flow in a file: states, verbs and documents must be the same, their
// tokens aside. Each recording is a Go subtest.
func Replay(t *testing.T, flowPath string, recordings ...string) {
	t.Helper()
	Options{}.Replay(t, flowPath, recordings...)
}

// Replay is Replay with options. Look-ups have their recorded results, so that no action is called.
func (o Options) Replay(t *testing.T, flowPath string, recordings ...string) {
	t.Helper()
	u, err := o.suite()
	if err != nil {
		t.Fatal(err)
	}
	f := &file{path: filepath.Join(filepath.Dir(flowPath), "replay"), flow: text{value: filepath.Base(flowPath)}}
	fl, problems, err := u.flow(f, &test{})
	if err != nil {
		t.Fatal(err)
	}
	if fl == nil {
		t.Fatal(problems.Err())
	}
	for _, path := range recordings {
		t.Run(filepath.Base(path), func(t *testing.T) {
			failure, notes := u.replay(fl, text{value: "replay"}, path) // without a place: failures name that in the recording
			for _, note := range notes {
				t.Log(note)
			}
			if failure != nil {
				t.Errorf("\n%s", failure)
			}
		})
	}
}

// maxLine bounds a line of a recording. A step with its event, its results and its document stays far below.
const maxLine = 4 << 20

// replay decides the steps of a recording again. Notes tell of steps that were not.
func (u *suite) replay(fl *flow.Flow, at text, path string) (*Failure, []string) {
	r := &replaying{suite: u, flow: fl, set: u.within(fl), at: at, calls: map[string]*call{}}
	failure := r.file(path)
	for i := 0; failure == nil && i < len(r.made); i++ { // a recorder may write a file for each machine
		name := filepath.Join(filepath.Dir(path), fileOf(r.made[i]))
		if _, err := os.Stat(name); err == nil && !r.calls[r.made[i]].seen {
			failure = r.file(name)
		}
	}
	return failure, r.notes
}

// replaying is one recording under way. It may hold several calls.
type replaying struct {
	*suite
	flow  *flow.Flow
	set   *flow.Set
	at    text
	calls map[string]*call // by machine
	made  []string         // legs that the calls made
	notes []string
}

// call is one machine of a recording.
type call struct {
	decider
	left bool // out, since its beginning was not recorded
	seen bool // it has steps
}

// file decides the steps of one file again.
func (r *replaying) file(path string) *Failure {
	src, err := os.Open(path)
	if err != nil {
		return r.failure(nil, path, 0, err.Error())
	}
	defer src.Close()
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, maxLine)
	steps := 0
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		l, err := decode(lines.Bytes())
		if err != nil {
			return r.failure(nil, path, number, "this is no recorded step: "+err.Error())
		}
		steps++
		if f := r.step(&recording{l, path, number}); f != nil {
			return f
		}
	}
	switch {
	case lines.Err() != nil:
		return r.failure(nil, path, 0, lines.Err().Error())
	case steps == 0:
		return r.failure(nil, path, 0, "the recording is empty")
	}
	return nil
}

func (r *replaying) step(rec *recording) *Failure {
	c := r.calls[rec.Machine]
	if c == nil {
		c = r.begin(rec)
		r.calls[rec.Machine] = c
	}
	c.seen, c.trace = true, nil
	switch {
	case c.left:
		return nil
	case rec.Input.Withheld:
		return r.accept(c, rec)
	}
	difference, err := r.again(c, rec)
	if err != nil {
		difference = err.Error()
	}
	if difference == "" {
		return nil
	}
	return r.failure(c, rec.path, rec.number, fmt.Sprintf("%s is decided otherwise than it was recorded\n%s", rec.Event, difference))
}

// begin returns a machine that comes up for the first time. That of a leg is made by the call that dialled it.
func (r *replaying) begin(rec *recording) *call {
	c := &call{decider: decider{stepper: r.stepper, machine: &runtime.Machine{}}}
	if c.left = rec.From != "" || strings.HasPrefix(rec.Machine, "leg-"); c.left {
		r.note(rec, "the beginning of call %s was not recorded: it is left out", rec.Machine)
	}
	return c
}

// failure describes what is wrong with a line of the recording, or with all of it when the number is 0. Its place is that of
// the replay in a test file, else that in the recording.
func (r *replaying) failure(c *call, path string, number int, message string) *Failure {
	recorded := diag.Span{File: path}
	if number > 0 {
		recorded.Start = diag.Pos{Line: number, Col: 1}
		recorded.End = recorded.Start
	}
	at := r.at
	if at.span.File == "" {
		at.span = recorded
	} else {
		message = place(recorded) + ": " + message
	}
	f := &Failure{Span: at.span, Step: at.value, Message: message}
	if c == nil || c.trace == nil {
		return f
	}
	f.After = fmt.Sprintf("%s at %s:%d", c.trace.Event, path, number)
	for _, g := range c.trace.Guards {
		f.Guards = append(f.Guards, guardLine(g))
	}
	f.Faults = faultLines(c.trace)
	return f
}

func (r *replaying) note(rec *recording, format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf("%s:%d: ", rec.path, rec.number)+fmt.Sprintf(format, args...))
}

// accept takes the recorded outcome of a step whose input was withheld.
func (r *replaying) accept(c *call, rec *recording) *Failure {
	m := &runtime.Machine{}
	m.CopyFrom(c.machine)
	if !m.Restore(rec.Input.After, r.named) {
		return r.failure(c, rec.path, rec.number, fmt.Sprintf("%s withholds what was entered, and the state %q that it led to does not exist any more",
			rec.Event, rec.To))
	}
	m.Steps++
	if rec.Turn > m.Turn {
		m.Turn, m.AnswerTurn = rec.Turn, rec.Turn
	}
	if rec.Phase == runtime.Ended.String() {
		m.Phase = runtime.Ended
	}
	c.machine = m
	r.note(rec, "not decided again: what was entered is withheld, so %s leads to %q as recorded", rec.Event, rec.To)
	return nil
}

// named returns a flow by its name.
func (r *replaying) named(name string) *flow.Flow { return r.set.Flow(name) }

// again decides one step and returns the difference to what was recorded.
func (r *replaying) again(c *call, rec *recording) (string, error) {
	in := &runtime.Input{Internal: rec.Input.Internal, Token: rec.Input.Token.Claims(), Flow: r.flow, Now: rec.Input.Now, Trace: true}
	if f := r.set.Flow(rec.Flow); f != nil {
		in.Flow = f
	}
	if rec.Input.Event != nil {
		in.Event = new(event.Event)
		if err := in.Event.DecodeJSON(rec.Input.Event); err != nil {
			return "", fmt.Errorf("the event cannot be read: %w", err)
		}
		r.relate(in)
	}
	c.recorded = rec.Input.Results
	out, err := c.decide(in)
	if err != nil {
		return "", err
	}
	r.cover.note(c.machine, out.Machine, out.Trace.Transitions)
	c.machine = out.Machine
	if out.Changed {
		r.make(c, rec)
	}
	return compare(rec, &out)
}

// compare returns how an outcome differs from the recorded one.
func compare(rec *recording, out *runtime.Outcome) (string, error) {
	var lines []string
	add := func(name, want, got string) {
		if d := differs(or(want, "none"), or(got, "none")); d != "" {
			lines = append(lines, name+"\n"+indent(d, "  "))
		}
	}
	add("state", rec.To, out.Trace.To)
	add("answer", rec.Kind, out.Trace.Kind)
	add("verbs", bracketed(rec.Verbs), bracketed(out.Trace.Verbs))
	if rec.Document != "" && len(out.Document) > 0 {
		want, err := bxml.Decode([]byte(rec.Document))
		if err != nil {
			return "", fmt.Errorf("the recorded document cannot be read: %w", err)
		}
		got, err := bxml.Decode(out.Document)
		if err != nil {
			return "", fmt.Errorf("the document is no BXML: %w", err)
		}
		if d := diffLines(outline(want.Verbs, deployed), outline(got.Verbs, deployed)); d != "" {
			lines = append(lines, "bxml\n"+indent(d, "  "))
		}
	}
	return strings.Join(lines, "\n"), nil
}

// deployed reports whether an attribute depends on the deployment: URLs with tokens, and the credentials beside them.
func deployed(a bxml.Attr) bool {
	name := strings.ToLower(a.Name)
	return strings.Contains(a.Value, "?t=") || strings.HasSuffix(name, "username") || strings.HasSuffix(name, "password")
}
