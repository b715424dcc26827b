package phone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// own returns the leg that a line is about.
func (s *Session) own(name string) *board.Leg {
	if name == "" && s.self != "" {
		return s.Board.Leg(s.self)
	}
	return s.Board.Find(name)
}

// act does what a person does, when the moment for it has come.
func (s *Session) act(ctx context.Context, c command, do Do) error {
	if err := s.comes(ctx, c.leg); err != nil {
		return err
	}
	m := s.moment(do)
	var l *board.Leg
	came, err := s.pass(ctx, m.patience, func() bool {
		if l = s.own(c.leg); m.rings && c.leg == "" {
			l = s.ringing()
		}
		return l != nil && (s.Board.Leg(l.ID) == nil || m.ready(l) || l.State == board.Ended && !m.rings)
	})
	switch {
	case err != nil:
		return err
	case l == nil && !m.rings:
		return errors.New("there is no call")
	case !came && m.rings && l != nil && l.State == board.Ended:
		return fmt.Errorf("%s does not ring: it has ended: %s", l.Name, l.Cause)
	case !came && m.rings && l != nil:
		return fmt.Errorf("%s does not ring: it is %s", l.Name, l.State)
	case !came:
		return errors.New(m.missed)
	case l.State == board.Ended:
		return fmt.Errorf("%s has ended: %s", l.Name, l.Cause)
	case s.Board.Leg(l.ID) == nil:
		return fmt.Errorf("%s is a conference: it has no phone", l.Name)
	}
	if rest := l.Talking.Sub(s.Time.Now()); rest > 0 { // a person finishes a sentence first
		if err := s.Wait(ctx, rest); err != nil {
			return err
		}
	}
	if err := s.Carrier.Act(ctx, l.ID, do, c.text); err != nil {
		return err
	}
	return s.Settle(ctx)
}

// comes waits for a leg that is not there, if one of that name can still come.
func (s *Session) comes(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	there := func() bool { return s.Board.Find(name) != nil }
	s.Look()
	if there() {
		return nil
	}
	if s.expected(name) {
		if came, err := s.pass(ctx, s.within(time.Minute, 10*time.Second), there); err != nil || came {
			return err
		}
	}
	return s.noLeg(name)
}

// expected reports whether a leg that is not there may get the name: from a flow, or from the user, or it is a number.
func (s *Session) expected(name string) bool {
	base, _, _ := strings.Cut(name, "#")
	return slices.Contains(s.legNames(), base) || Number(name) == nil
}

// legNames are the names that legs have and may get.
func (s *Session) legNames() []string {
	names := slices.Concat(s.Legs, slices.Collect(maps.Values(s.Board.Names)))
	for _, l := range s.Board.Legs {
		names = append(names, l.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// noLeg says that there is no such leg, and what there is.
func (s *Session) noLeg(name string) error {
	err := fmt.Errorf("there is no leg %q", name)
	if near, ok := diag.Nearest(name, s.legNames()); ok && near != name {
		err = fmt.Errorf("%w, did you mean %q?", err, near)
	}
	var there []string
	for _, l := range s.Board.Legs {
		there = append(there, l.Name)
	}
	if len(there) == 0 {
		return fmt.Errorf("%w: there are no calls", err)
	}
	return fmt.Errorf("%w: the legs are %s", err, strings.Join(there, ", "))
}

// moment is when a person can do something.
type moment struct {
	ready    func(*board.Leg) bool
	patience time.Duration
	missed   string // what is said when the moment does not come
	rings    bool   // the phone has to ring
}

// listening is how long is waited for somebody to listen.
const listening = time.Minute

// within chooses a time to wait: in virtual time, which takes none, and in real time.
func (s *Session) within(virtual, live time.Duration) time.Duration {
	if _, ok := s.Time.(Live); ok {
		return live
	}
	return virtual
}

func (s *Session) moment(do Do) moment {
	switch do {
	case Press:
		return moment{ready: (*board.Leg).Listens, patience: listening, missed: "nobody has listened for keys"}
	case Say:
		return moment{ready: (*board.Leg).Hearkens, patience: listening, missed: "nobody has listened"}
	case PickUp, Refuse, Busy:
		ready := func(l *board.Leg) bool { return l.State == board.Ringing && !l.Inbound }
		return moment{ready: ready, patience: s.within(5*time.Minute, 30*time.Second), missed: "no phone has rung", rings: true}
	}
	return moment{ready: func(*board.Leg) bool { return true }, patience: listening}
}

// ringing returns the leg whose phone rings, the latest.
func (s *Session) ringing() *board.Leg {
	var found *board.Leg
	for _, l := range s.Board.Legs {
		if l.State == board.Ringing && !l.Inbound {
			found = l
		}
	}
	return found
}
