package phone

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// Summary says what went wrong, in one line.
func (s *Session) Summary() error {
	var parts []string
	for _, p := range s.Board.Problems {
		text := p.Text
		if p.Leg != "" {
			text = p.Leg + ": " + text
		}
		if len(parts) == 0 || parts[len(parts)-1] != text {
			parts = append(parts, text)
		}
	}
	if s.wrong == 1 {
		parts = append(parts, "one line could not be done")
	} else if s.wrong > 1 {
		parts = append(parts, fmt.Sprintf("%d lines could not be done", s.wrong))
	}
	return errors.New(strings.Join(parts, "\n  "))
}

// say writes lines that are no events.
func (s *Session) say(format string, args ...any) {
	if s.JSON {
		return
	}
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		fmt.Fprintf(s.Out, "           %s\n", line)
	}
}

func (s *Session) legs() {
	if len(s.Board.Legs) == 0 {
		s.say("there are no calls")
	}
	for _, l := range s.Board.Legs {
		text := fmt.Sprintf("%-8s %-8s %s -> %s", l.Name, l.State, l.From, l.To)
		for _, more := range []string{l.Verb, l.Cause} {
			if more != "" {
				text += "  " + more
			}
		}
		if l.With != "" {
			text += "  with " + l.With
		}
		s.say("%s", text)
	}
}

// show writes the state, or the document, of a leg.
func (s *Session) show(c command) error {
	l := s.own(c.leg)
	switch {
	case l == nil && c.leg == "":
		return errors.New("there is no call")
	case l == nil:
		return fmt.Errorf("there is no leg %q", c.leg)
	case c.word == "bxml" && l.Document == "":
		s.say("%s has no document", l.Name)
	case c.word == "bxml":
		if _, err := bxml.Decode([]byte(l.Document)); err != nil {
			s.say("%s", l.Document)
			return nil
		}
		s.say("%s", board.Indent(l.Document))
	case l.Step == "":
		s.say("%s: no state of a flow is known", l.Name)
	default:
		s.say("%s: %s", l.Name, strings.Join(l.Path, " > "))
		if l.Values != "" {
			s.say("%s", l.Values)
		}
	}
	return nil
}
