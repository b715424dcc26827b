package phone

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
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
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		fmt.Fprintf(s.Out, "           %s\n", line)
	}
}

// json writes an event, with the name of its leg.
func (s *Session) json(e simulator.Event) {
	name := ""
	if l := s.Board.Leg(e.Call); l != nil {
		name = l.Name
	}
	line, err := feed.EncodeAt(e, name)
	if err != nil { // an event holds nothing that JSON does not know
		line = []byte(err.Error())
	}
	fmt.Fprintf(s.Out, "%s\n", line)
}

// reply is the answer to a line, as JSON; events have other kinds.
type reply struct {
	Kind     string     `json:"kind"` // legs, state, bxml, help or refused
	Line     string     `json:"line,omitempty"`
	Error    string     `json:"error,omitempty"`
	Text     string     `json:"text,omitempty"`
	Leg      string     `json:"leg,omitempty"`
	Call     string     `json:"call,omitempty"`
	Path     []string   `json:"path,omitempty"`
	State    string     `json:"state,omitempty"`
	Values   []string   `json:"values,omitempty"`
	Document string     `json:"document,omitempty"`
	Legs     []replyLeg `json:"legs,omitempty"`
}

// replyLeg is a leg in the answer to legs.
type replyLeg struct {
	Leg   string      `json:"leg"`
	Call  string      `json:"call"`
	State board.State `json:"state"`
	From  string      `json:"from"`
	To    string      `json:"to"`
	Verb  string      `json:"verb,omitempty"`
	With  string      `json:"with,omitempty"`
	Cause string      `json:"cause,omitempty"`
}

func (s *Session) reply(r reply) {
	line, err := json.Marshal(r)
	if err != nil { // a reply holds nothing that JSON does not know
		line = []byte(err.Error())
	}
	fmt.Fprintf(s.Out, "%s\n", line)
}

// refuse says why a line cannot be done.
func (s *Session) refuse(line, reason string) {
	if s.JSON {
		s.reply(reply{Kind: "refused", Line: line, Error: reason})
		return
	}
	s.say("%s: %s", line, reason)
}

func (s *Session) help() {
	text := strings.TrimSuffix(Help(), "\n")
	if s.JSON {
		s.reply(reply{Kind: "help", Text: text})
		return
	}
	s.say("%s", text)
}

func (s *Session) legs() {
	if s.JSON {
		r := reply{Kind: "legs"}
		for _, l := range s.Board.Legs {
			r.Legs = append(r.Legs, replyLeg{l.Name, l.ID, l.State, l.From, l.To, l.Verb, l.With, l.Cause})
		}
		s.reply(r)
		return
	}
	if len(s.Board.Legs) == 0 {
		s.say("there are no calls")
	}
	for _, l := range s.Board.Legs {
		text := fmt.Sprintf("%-*s %-8s %s -> %s", max(s.wide, leastWide), l.Name, l.State, l.From, l.To)
		for _, more := range []string{l.Verb, l.Cause} {
			if more != "" {
				text += "  " + more
			}
		}
		if l.With != "" {
			text += "  with " + l.With
		}
		s.say("%s  %s", text, l.ID)
	}
}

// show writes the state, or the document, of a leg.
func (s *Session) show(c command) error {
	l := s.own(c.leg)
	switch {
	case l == nil && c.leg == "":
		return errors.New("there is no call")
	case l == nil:
		return s.noLeg(c.leg)
	case c.word == "bxml":
		s.showDocument(l)
	case s.JSON:
		r := reply{Kind: "state", Leg: l.Name, Call: l.ID, State: l.Step, Path: l.Path}
		if l.Values != "" {
			r.Values = strings.Split(l.Values, "\n")
		}
		s.reply(r)
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

func (s *Session) showDocument(l *board.Leg) {
	if s.JSON {
		s.reply(reply{Kind: "bxml", Leg: l.Name, Call: l.ID, Document: l.Document})
		return
	}
	if l.Document == "" {
		s.say("%s has no document", l.Name)
		return
	}
	if _, err := bxml.Decode([]byte(l.Document)); err != nil {
		s.say("%s", l.Document)
		return
	}
	s.say("%s", board.Indent(l.Document))
}
