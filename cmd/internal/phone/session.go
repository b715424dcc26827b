package phone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

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
	// Patience is how long is waited for somebody to listen, or for a phone to ring; 5 minutes when 0.
	Patience time.Duration
	// JSON writes events as they are, one to a line, instead of words.
	JSON bool
	// Verbose writes what is in documents too, and Whole the documents.
	Verbose, Whole bool

	self  string // callId of the own leg
	seen  int    // events that were taken
	wrong int    // lines that could not be done
}

// afterwards is how long late webhooks are waited for at the end: a recording is available and transcribed by then.
const afterwards = 10 * time.Second

// lingering is how long legs that are left are waited for at the end, before somebody hangs them up.
const lingering = time.Minute

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

func (s *Session) json(e simulator.Event) {
	line, err := feed.Encode(e)
	if err != nil { // an event holds nothing that JSON does not know
		line = []byte(err.Error())
	}
	fmt.Fprintf(s.Out, "%s\n", line)
}

func (s *Session) write(l board.Line) {
	fmt.Fprintf(s.Out, "%s  %-8s %s\n", s.Board.Stamp(l.Time), l.Who, l.Text)
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
		s.say("%s: %s", strings.TrimSpace(line), err)
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
		s.say("%s", strings.TrimSuffix(Help(), "\n"))
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
	id, err := s.Carrier.Place(ctx, cmp.Or(from, s.From), cmp.Or(to, s.To))
	if err != nil {
		return err
	}
	s.self = id
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

// own returns the leg that a line is about.
func (s *Session) own(name string) *board.Leg {
	if name == "" && s.self != "" {
		return s.Board.Leg(s.self)
	}
	return s.Board.Find(name)
}

// act does what a person does, when the moment for it has come.
func (s *Session) act(ctx context.Context, c command, do Do) error {
	m := s.moment(do)
	var l *board.Leg
	came, err := s.pass(ctx, m.patience, func() bool {
		if l = s.own(c.leg); m.rings && c.leg == "" {
			l = s.ringing()
		}
		return l != nil && (m.ready(l) || l.State == board.Ended && !m.rings)
	})
	switch {
	case err != nil:
		return err
	case l == nil && c.leg != "":
		return fmt.Errorf("there is no leg %q", c.leg)
	case l == nil && !m.rings:
		return errors.New("there is no call")
	case !came:
		return errors.New(m.missed)
	case l.State == board.Ended:
		return fmt.Errorf("%s has ended: %s", l.Name, l.Cause)
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

// moment is when a person can do something.
type moment struct {
	ready    func(*board.Leg) bool
	patience time.Duration
	missed   string // what is said when the moment does not come
	rings    bool   // the phone has to ring
}

// listening is how long is waited for somebody to listen.
const listening = time.Minute

func (s *Session) moment(do Do) moment {
	patience := cmp.Or(s.Patience, 5*time.Minute)
	soon := min(patience, listening)
	switch do {
	case Press:
		return moment{ready: (*board.Leg).Listens, patience: soon, missed: "nobody has listened for keys"}
	case Say:
		return moment{ready: (*board.Leg).Hearkens, patience: soon, missed: "nobody has listened"}
	case PickUp, Refuse, Busy:
		ready := func(l *board.Leg) bool { return l.State == board.Ringing && !l.Inbound }
		return moment{ready: ready, patience: patience, missed: "no phone has rung", rings: true}
	}
	return moment{ready: func(*board.Leg) bool { return true }, patience: soon}
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

// Finish hangs up and waits until all is over: other legs may have to be told, recordings to be made.
func (s *Session) Finish(ctx context.Context) error {
	if l := s.own(""); l != nil && l.State != board.Ended {
		s.leave(ctx, l)
	}
	over := func() bool { return len(s.Board.Open()) == 0 }
	linger := min(lingering, cmp.Or(s.Patience, lingering))
	if _, err := s.pass(ctx, linger, over); err != nil {
		return err
	}
	for _, l := range s.Board.Open() {
		s.leave(ctx, l)
	}
	if _, live := s.Time.(Live); live {
		_, err := s.pass(ctx, linger, over)
		return err
	}
	return s.Wait(ctx, afterwards)
}

// leave ends the part of a person in a call. A leg that ended meanwhile is left alone.
func (s *Session) leave(ctx context.Context, l *board.Leg) {
	do := HangUp
	if l.State != board.Answered && !l.Inbound {
		do = Refuse
	}
	if err := s.Carrier.Act(ctx, l.ID, do, ""); err == nil {
		s.Look()
	}
}
