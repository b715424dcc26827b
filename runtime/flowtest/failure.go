package flowtest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// Failure is why a test failed.
type Failure struct {
	Span diag.Span // of the step, or of what it compares
	Step string    // event or "expect"
	// Message says what was expected and what was got, in lines.
	Message string
	// After names the last event and its line, "" before the first.
	After string
	// Guards are those that were tried on that event, with the values that they saw.
	Guards []string
	// Faults are what went wrong inside the flow on that event.
	Faults []string
	// Command runs this test alone.
	Command string
}

// failure describes what is wrong, with what the last step did.
func (s *session) failure(at text, message string) *Failure {
	f := &Failure{Span: at.span, Step: at.value, Message: message}
	if len(s.moments) == 0 && len(s.problems) == 0 {
		return f
	}
	f.After = fmt.Sprintf("%s (line %d)", s.place.name.value, s.place.name.span.Start.Line)
	f.Guards = s.guardLines()
	for i := range s.moments {
		f.Faults = append(f.Faults, faultLines(s.moments[i].trace)...)
	}
	for _, problem := range s.problems {
		f.Faults = append(f.Faults, "the carrier: "+problem)
	}
	return f
}

func faultLines(t *runtime.Trace) []string {
	var lines []string
	for _, fault := range t.Faults {
		lines = append(lines, fmt.Sprintf("%s in %s: %s", fault.Reason, or(fault.Source, "the runtime"), fault.Message))
	}
	return lines
}

func guardLine(g runtime.TracedGuard) string {
	line := fmt.Sprintf("%s: %s is %t", g.Transition, g.Source, g.Result)
	if g.Error != "" {
		line += ", it failed: " + g.Error
	}
	for i, v := range g.Values {
		line += [...]string{", where ", ", "}[min(i, 1)] + v.Name + " = " + or(v.Value, `""`)
	}
	return line
}

// violation is something that must never be, and how it was.
type violation struct {
	never        *expectation
	state, heard string
}

func (v *violation) message(step *step) string {
	names := make([]string, len(v.never.matchers))
	for i, m := range v.never.matchers {
		names[i] = m.key
	}
	message := fmt.Sprintf("what must never be is so after this %s: %s at line %d\nthe state is %s",
		step.noun(), strings.Join(names, " and "), v.never.span.Start.Line, or(v.state, "none"))
	if v.heard != "" {
		message += "\nthe caller hears " + show(v.heard)
	}
	return message
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// String returns the failure in lines, without one at the end.
func (f *Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n%s\n", place(f.Span), f.Step, indent(f.Message, "  "))
	if len(f.Faults) > 0 { // before the guards, which matter less then
		fmt.Fprintf(&b, "what went wrong on %s:\n%s\n", f.After, indent(strings.Join(f.Faults, "\n"), "  "))
	}
	if len(f.Guards) > 0 {
		fmt.Fprintf(&b, "guards tried on %s:\n%s\n", f.After, indent(strings.Join(f.Guards, "\n"), "  "))
	}
	if f.Command != "" {
		fmt.Fprintf(&b, "run it alone: %s\n", f.Command)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// place returns file and line, which editors open.
func place(s diag.Span) string {
	if !s.Start.IsValid() {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Start.Line)
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(s, "\n", "\n"+by)
}

// alone returns the command that runs one test of a file.
func alone(path, name string) string {
	return "bxmlflow test " + shell(path) + " --run " + quoted(regexp.QuoteMeta(name))
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,-]+$`)

// shell quotes a word for a shell when it needs that.
func shell(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return quoted(word)
}

func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
