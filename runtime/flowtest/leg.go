package flowtest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// leg is a call of a test, or a conference.
type leg struct {
	as     string // what the test calls it; "" for no name of its own
	number string // whose phone it is; "" of a conference
	key    string // of its machine, where that is not the id
	id     string // callId or conferenceId; "" while it is not known

	docs  []*bxml.Document // handed out, oldest first
	heard string           // since the step began

	caller *caller           // of a test of events
	urls   map[string]string // where createCall asked for events, by type
	parent *leg              // whose Transfer or Conference made it
	hung   bool              // ended by REST
	listen bool              // of a test of people: StartGather runs
}

// doc returns the last document, nil when there is none.
func (l *leg) doc() *bxml.Document {
	if len(l.docs) == 0 {
		return nil
	}
	return l.docs[len(l.docs)-1]
}

// hear takes a document that was handed out.
func (l *leg) hear(document []byte) error {
	if len(document) == 0 {
		return nil
	}
	d, err := bxml.Decode(slices.Clone(document))
	if err != nil {
		return fmt.Errorf("the document is no BXML: %w", err)
	}
	l.docs = append(l.docs, d)
	l.hears(d.Spoken())
	return nil
}

func (l *leg) hears(words string) { l.heard = strings.TrimSpace(l.heard + " " + words) }

// look makes a leg the one that is looked at.
func (s *session) look(name text) (err error) {
	s.named = name.value != ""
	s.at, err = s.find(name)
	return err
}

// find returns the leg of a name that the author gives, the first call for none.
func (s *session) find(name text) (*leg, error) {
	if name.value == "" {
		if len(s.legs) == 0 {
			return &leg{}, fmt.Errorf("there is no call yet")
		}
		return s.legs[0], nil
	}
	if l := s.legNamed(name.value); l != nil {
		return l, nil
	}
	if id := s.world.conferenceID(name.value); id != "" {
		s.legs = append(s.legs, &leg{as: name.value, id: id})
		return s.legs[len(s.legs)-1], nil
	}
	return &leg{}, fmt.Errorf("there is no leg %q: %s", name.value, s.known(name.value))
}

// legNamed returns the last leg of a name: one that the test gave, that of a createCall, or a number.
func (s *session) legNamed(name string) *leg {
	for i, called := range []func(*leg) string{func(l *leg) string { return l.as }, s.legName, func(l *leg) string { return l.number }} {
		for _, l := range slices.Backward(s.legs) {
			if called(l) != name {
				continue
			}
			if later := s.uncalled(name, l.key); i == 1 && later != nil {
				return later
			}
			return l
		}
		if l := s.uncalled(name, ""); i == 1 && l != nil {
			return l
		}
	}
	return nil
}

// uncalled returns the leg that a createCall made under a name last, when there is no call of it: the carrier refused it, or was not
// asked yet. With a key, only one that the maker of that leg made later counts.
func (s *session) uncalled(name, than string) *leg {
	for _, key := range slices.Sorted(maps.Keys(s.machines)) {
		legs := s.machines[key].Legs
		if than != "" && !slices.ContainsFunc(legs, func(l runtime.Leg) bool { return l.Key == than }) {
			continue
		}
		for _, made := range slices.Backward(legs) {
			if made.Name != name {
				continue
			}
			if slices.ContainsFunc(s.legs, func(l *leg) bool { return l.key == made.Key || l.id == made.CallID && l.id != "" }) {
				break // the last one has a call
			}
			return &leg{key: made.Key, number: made.To}
		}
	}
	return nil
}

// legName returns the name that createCall gave a leg, "" for others.
func (s *session) legName(l *leg) string {
	if l.key == "" && l.id != "" {
		if m, err := s.engine.Machine(context.Background(), l.id); err == nil {
			l.key = m.Key
		}
	}
	if !strings.HasPrefix(l.key, "leg-") {
		return ""
	}
	for _, m := range s.machines {
		for i := range m.Legs {
			if m.Legs[i].Key == l.key {
				return m.Legs[i].Name
			}
		}
	}
	return ""
}

// known says which legs there are, the nearest first when something is near.
func (s *session) known(like ...string) string {
	var names []string
	for _, l := range s.legs {
		if name := s.nameOf(l); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range like {
		if near, ok := diag.Nearest(name, names); ok {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	if len(names) == 0 {
		return "there are no others than the first call so far"
	}
	return "so far there are " + strings.Join(names, ", ")
}

// nameOf returns the best name of a leg.
func (s *session) nameOf(l *leg) string { return or(or(l.as, s.legName(l)), l.number) }

// label returns the name of a call for messages.
func (s *session) label(callID string) string {
	for _, l := range s.legs {
		if l.id == callID || l.key == callID {
			return or(s.nameOf(l), callID)
		}
	}
	return callID
}

// legWithID returns a leg by its callId or conferenceId, nil when there is none.
func (s *session) legWithID(id string) *leg {
	for _, l := range s.legs {
		if l.id == id && id != "" {
			return l
		}
	}
	return nil
}

// machine returns the machine of a leg as the engine has it, an empty one when there is none.
func (s *session) machine(l *leg) *runtime.Machine {
	if l.id == "" && l.number == "" && l.as != "" {
		l.id = s.world.conferenceID(l.as)
	}
	for _, name := range []string{l.key, l.id} {
		if m, err := s.engine.Machine(context.Background(), name); name != "" && err == nil {
			return m
		}
	}
	return &runtime.Machine{}
}

func (s *session) ended() bool { return s.machine(s.at).Phase == runtime.Ended }

// state returns the full name of the active state: those of a sub-flow begin with the name of the invoking state.
func (s *session) state() string { return s.stateOf(s.at) }

func (s *session) stateOf(l *leg) string { return fullState(s.machine(l)) }

func fullState(m *runtime.Machine) string {
	var names []string
	for i := range m.Frames {
		if state := m.Frames[i].State; state != nil {
			names = append(names, state.Name)
		}
	}
	return strings.Join(names, ".")
}

// variable returns a variable of the flow that runs, or of one that invoked it.
func (s *session) variable(name string) (any, bool) {
	for _, f := range slices.Backward(s.machine(s.at).Frames) {
		for i, v := range f.Flow.Vars {
			if v.Name == name && i < len(f.Vars) {
				return f.Vars[i], true
			}
		}
	}
	return nil, false
}

// effectNames returns what flows left to be done since the step began: that of the leg which is looked at, when it was named.
func (s *session) effectNames() []string {
	names := []string{}
	key := s.machine(s.at).Key
	for _, e := range s.effects {
		if !s.named || e.machine == key {
			names = append(names, e.name)
		}
	}
	return names
}
