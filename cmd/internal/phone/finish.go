package phone

import (
	"context"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
)

// afterwards is how long late webhooks are waited for at the end: a recording is available and transcribed by then.
const afterwards = 10 * time.Second

// Finish hangs up the own calls, and then every phone that the application has not let go, and waits until all is over: other
// legs may have to be told, recordings to be made. In real time it waits for a few seconds at most.
func (s *Session) Finish(ctx context.Context) error {
	if l := s.own(""); l != nil && (!s.Shared || slices.Contains(s.placed, l.ID)) {
		s.leave(ctx, l)
	}
	for _, id := range s.placed {
		if l := s.Board.Leg(id); l != nil {
			s.leave(ctx, l)
		}
	}
	over := func() bool { return len(s.open()) == 0 }
	linger := s.within(time.Minute, 3*time.Second)
	if _, err := s.pass(ctx, linger, over); err != nil {
		return err
	}
	for _, l := range s.open() {
		s.leave(ctx, l)
	}
	if _, live := s.Time.(Live); live {
		_, err := s.pass(ctx, linger, over)
		return err
	}
	return s.Wait(ctx, afterwards)
}

// open returns the legs that have not ended and that are ours to end: on a carrier that others use too, those that were dialled
// here or by the application.
func (s *Session) open() []*board.Leg {
	legs := s.Board.Open()
	if !s.Shared {
		return legs
	}
	return slices.DeleteFunc(legs, func(l *board.Leg) bool { return l.Inbound && !slices.Contains(s.placed, l.ID) })
}

// leave ends the part of a person in a call. A leg that ended meanwhile is left alone.
func (s *Session) leave(ctx context.Context, l *board.Leg) {
	do := HangUp
	switch {
	case l.State == board.Ended:
		return
	case l.State != board.Answered && !l.Inbound:
		do = Refuse
	}
	if err := s.Carrier.Act(ctx, l.ID, do, ""); err == nil {
		s.Look()
	}
}
