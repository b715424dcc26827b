package phone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Session is a phone with the lines that are typed into it and the lines that it writes. It is used from one goroutine.
type Session struct {
	Carrier Carrier
	Time    Time
	Feed    *feed.Feed
	Board   *board.Board
	Out     io.Writer
	// From and To are what `call` dials when it is not told.
	From, To string
	// Signal sends a signal to a call; nil where no flow is known.
	Signal func(ctx context.Context, call, name string, with map[string]any) (handled bool, err error)
	// Legs are the names that the flows give to legs, which may come; Signals are those that they declare.
	Legs    []string
	Signals []Signal
	// Shared says that others use the carrier too: at the end their calls are left alone.
	Shared bool
	// JSON writes events as they are, one to a line, instead of words.
	JSON bool
	// Verbose writes what is in documents too, and Whole the documents.
	Verbose, Whole bool

	self   string   // callId of the own leg
	placed []string // callIds of the calls that were dialled here
	seen   int      // events that were taken
	wrong  int      // lines that could not be done
	wide   int      // the longest name that was written
}

// Failed reports whether anything went wrong: a caller heard an apology, a document was no BXML, a line could not be done.
func (s *Session) Failed() bool { return s.wrong > 0 || len(s.Board.Problems) > 0 }

// Own makes a leg the one that lines are about when they name none.
func (s *Session) Own(call string) { s.self = call }

// Skip passes over what has happened so far.
func (s *Session) Skip() { _, s.seen = s.Feed.Since(s.seen) }

// Look takes what has happened, and writes it.
func (s *Session) Look() {
	var events []simulator.Event
	events, s.seen = s.Feed.Since(s.seen)
	for _, e := range events {
		s.Board.Add(e)
		if s.JSON {
			s.json(e)
		}
	}
	for _, l := range s.Board.Flush() {
		if !s.JSON && (s.Verbose || !l.Detail) {
			s.write(l)
		}
	}
}

// leastWide is how wide the column of names is at least.
const leastWide = 8

func (s *Session) write(l board.Line) {
	if s.wide = max(s.wide, leastWide); Number(l.Who) != nil { // a number may only stand until the name is known
		s.wide = max(s.wide, utf8.RuneCountInString(l.Who))
	}
	fmt.Fprintf(s.Out, "%s  %-*s %s\n", s.Board.Stamp(l.Time), s.wide, l.Who, l.Text)
	if s.Whole && l.Document != "" {
		s.say("%s", board.Indent(l.Document))
	}
}

// Line does what a line says, and reports whether that was to quit. What cannot be done is written and is no error.
func (s *Session) Line(ctx context.Context, line string) (quit bool, err error) {
	c, err := parse(line)
	if err == nil {
		err = s.do(ctx, c)
	}
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	s.Look()
	var stop carrierError
	if errors.As(err, &stop) {
		return true, err
	}
	if err != nil {
		s.wrong++
		s.refuse(strings.TrimSpace(line), s.Board.Spell(err.Error()))
	}
	return c.word == "quit", nil
}

// carrierError says that the carrier cannot go on.
type carrierError struct{ error }

func (c carrierError) Unwrap() error { return c.error }

// pass lets time pass and writes what happens.
func (s *Session) pass(ctx context.Context, d time.Duration, until func() bool) (bool, error) {
	ok, err := s.Time.Pass(ctx, d, func() bool { s.Look(); return until != nil && until() })
	if err != nil {
		return ok, carrierError{err}
	}
	return ok, nil
}

func (s *Session) do(ctx context.Context, c command) error {
	w, err := lookup(cmp.Or(c.word, "help"))
	switch {
	case err != nil || c.word == "":
		return err
	case w.does != "":
		return s.act(ctx, c, w.does)
	}
	switch c.word {
	case "wait":
		return s.Wait(ctx, c.wait)
	case "call":
		from, to, _ := strings.Cut(c.text, " ")
		return s.Dial(ctx, from, strings.TrimSpace(to))
	case "signal":
		return s.signal(ctx, c)
	case "help":
		s.help()
	case "legs":
		s.legs()
	case "state", "bxml":
		return s.show(c)
	}
	return nil
}

// Wait lets time pass.
func (s *Session) Wait(ctx context.Context, d time.Duration) error {
	if _, virtual := s.Time.(Virtual); virtual { // exactly so long
		if _, err := s.Time.Pass(ctx, d, nil); err != nil {
			return carrierError{err}
		}
		s.Look()
		return nil
	}
	_, err := s.pass(ctx, d, nil)
	return err
}

// Dial calls a number. The leg becomes the own one.
func (s *Session) Dial(ctx context.Context, from, to string) error {
	if from != "" {
		if err := Number(from); err != nil {
			return err
		}
	}
	if to = cmp.Or(to, s.To); to == "" {
		return errors.New("whom? write call FROM TO")
	}
	id, err := s.Carrier.Place(ctx, cmp.Or(from, s.From), to)
	if err != nil {
		return err
	}
	s.self, s.placed = id, append(s.placed, id)
	if _, live := s.Time.(Live); live { // what happens is told a moment later
		_, err := s.pass(ctx, listening, func() bool { return s.Board.Leg(id) != nil })
		return err
	}
	return s.Settle(ctx)
}

// Settle lets happen what is due now.
func (s *Session) Settle(ctx context.Context) error {
	if _, live := s.Time.(Live); live {
		s.Look()
		return nil
	}
	return s.Wait(ctx, 0)
}
