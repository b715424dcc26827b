package flowtest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
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
	stepper, err := newStepper()
	if err != nil {
		t.Fatal(err)
	}
	u := &suite{Options: o, stepper: stepper, cover: newCoverage(), sets: map[string]*compiled{}}
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
			s := u.session(f, &test{}, fl)
			failure, notes := s.replay(text{value: "replay"}, path) // without a place: failures name that in the recording
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
func (s *session) replay(at text, path string) (*Failure, []string) {
	r := &replaying{at: at, path: path, calls: map[string]*session{}, base: s}
	src, err := os.Open(path)
	if err != nil {
		return r.failure(s, 0, err.Error()), nil
	}
	defer src.Close()
	failure := r.lines(src)
	return failure, r.notes
}

// replaying is one recording under way. It may hold several calls.
type replaying struct {
	at    text
	path  string
	base  *session
	calls map[string]*session // nil for a call whose beginning was not recorded
	notes []string
}

func (r *replaying) lines(src io.Reader) *Failure {
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, maxLine)
	steps := 0
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		l, err := decode(lines.Bytes())
		if err != nil {
			return r.failure(r.base, number, "this is no recorded step: "+err.Error())
		}
		steps++
		if f := r.step(&recording{l, number}); f != nil {
			return f
		}
	}
	switch {
	case lines.Err() != nil:
		return r.failure(r.base, 0, lines.Err().Error())
	case steps == 0:
		return r.failure(r.base, 0, "the recording is empty")
	}
	return nil
}

func (r *replaying) step(rec *recording) *Failure {
	s, known := r.calls[rec.Machine]
	if !known {
		if rec.From == "" {
			s = r.base.copy()
		} else {
			r.note(rec, "the beginning of call %s was not recorded: it is left out", rec.Machine)
		}
		r.calls[rec.Machine] = s
	}
	if s == nil {
		return nil
	}
	s.place = text{value: fmt.Sprintf("%s at %s:%d", rec.Event, r.path, rec.number), span: r.at.span}
	s.clear()
	if rec.Input.Withheld {
		return r.accept(s, rec)
	}
	difference, err := s.again(rec)
	if err != nil {
		difference = err.Error()
	}
	if difference == "" {
		return nil
	}
	f := r.failure(s, rec.number, fmt.Sprintf("%s is decided otherwise than it was recorded\n%s", rec.Event, difference))
	f.After = s.place.value
	return f
}

// failure describes what is wrong with a line of the recording, or with all of it when the number is 0. Its place is that of
// the replay in a test file, else that in the recording.
func (r *replaying) failure(s *session, number int, message string) *Failure {
	recorded := diag.Span{File: r.path}
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
	return s.failure(at, message)
}

func (r *replaying) note(rec *recording, format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf("%s:%d: ", r.path, rec.number)+fmt.Sprintf(format, args...))
}

// accept takes the recorded outcome of a step whose input was withheld.
func (r *replaying) accept(s *session, rec *recording) *Failure {
	m := &runtime.Machine{}
	m.CopyFrom(s.machine)
	if !m.Restore(rec.Input.After, s.named) {
		return r.failure(s, rec.number, fmt.Sprintf("%s withholds what was entered, and the state %q that it led to does not exist any more",
			rec.Event, rec.To))
	}
	m.Steps++
	if rec.Turn > m.Turn {
		m.Turn, m.AnswerTurn = rec.Turn, rec.Turn
	}
	if rec.Phase == runtime.Ended.String() {
		m.Phase = runtime.Ended
	}
	s.machine = m
	r.note(rec, "not decided again: what was entered is withheld, so %s leads to %q as recorded", rec.Event, rec.To)
	return nil
}

// named finds a flow among that of the session and those that it invokes.
func (s *session) named(name string) *flow.Flow { return within(s.flow, name) }

func within(f *flow.Flow, name string) *flow.Flow {
	if f.Name == name {
		return f
	}
	for _, state := range f.States {
		if state.Invoke == nil {
			continue
		}
		if found := within(state.Invoke.Flow, name); found != nil {
			return found
		}
	}
	return nil
}

// again decides one step and returns the difference to what was recorded.
func (s *session) again(rec *recording) (string, error) {
	in := &runtime.Input{Internal: rec.Input.Internal, Token: rec.Input.Token.Claims(), Flow: s.flow, Now: rec.Input.Now, Trace: true}
	if rec.Input.Event != nil {
		in.Event = new(event.Event)
		if err := in.Event.DecodeJSON(rec.Input.Event); err != nil {
			return "", fmt.Errorf("the event cannot be read: %w", err)
		}
	}
	s.recorded = rec.Input.Results
	out, err := s.decide(in)
	if err != nil {
		return "", err
	}
	s.trace = out.Trace
	s.cover.note(s.machine, s.flow, out.Trace.Transitions)
	s.machine = out.Machine
	if len(s.machine.Effects) > 0 && out.Changed {
		s.machine.Effects = nil
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
