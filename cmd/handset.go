package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/charmbracelet/x/term"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/control"
	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/cmd/internal/screen"
)

// handset is a phone that is ready to be used, as lines or on a screen.
type handset struct {
	flags    *phoneFlags
	title    string
	from, to string
	carrier  phone.Carrier
	feed     *feed.Feed
	board    *board.Board
	time     phone.Time
	// begin places the first call, or lets the flow place it; nil dials to.
	begin func(context.Context) error
	// signal sends a signal to a call; nil where no flow runs here.
	signal func(ctx context.Context, call, name string, with map[string]any) (bool, error)
	// waits says that there is no first call, stays that the end of the input is not the end, and shared that others use the
	// carrier too.
	waits, stays, shared bool
	// legs and signals are those that the flows name and declare.
	legs    []string
	signals []phone.Signal
	// offered are those of the flow that is called: what the screen lets its user choose from.
	offered []phone.Signal
	// run plays the carrier in the background; nil when it is played elsewhere, or in virtual time.
	run []func(context.Context) error
}

// handset returns the phone of a stage. own is the number that it dials.
func (s *stage) handset(f *phoneFlags, title, own string, live bool) (*handset, error) {
	names, err := f.names()
	if err != nil {
		return nil, err
	}
	p := &handset{
		flags: f, title: title, from: f.from, to: cmp.Or(f.to, own), carrier: phone.Local{Carrier: s.carrier}, feed: s.feed,
		board: &board.Board{Names: names}, time: phone.Virtual{Carrier: s.carrier, Watch: s.watch},
	}
	if s.engine != nil {
		p.signal = s.signal
	}
	if live {
		p.time = phone.Live{Feed: s.feed}
		p.run = []func(context.Context) error{
			s.carrier.Run,
			func(ctx context.Context) error { s.watch.Run(ctx); return nil },
		}
	}
	return p, nil
}

// hasScreen reports whether the phone may fill a screen: input and output are a terminal, and nobody asked for lines.
func (a *app) hasScreen(f *phoneFlags) bool {
	in, ok := a.In.(*os.File)
	dumb, _ := a.Env("TERM")
	return ok && a.screen != nil && !f.plain && !f.live && f.format == "text" && dumb != "dumb" &&
		term.IsTerminal(in.Fd()) && term.IsTerminal(a.screen.Fd())
}

// open uses the phone until its user is done with it.
func (a *app) open(p *handset, onScreen bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	var background sync.WaitGroup
	for _, run := range p.run {
		background.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				cancel(err)
			}
		})
	}
	use := a.lines
	if onScreen {
		use = a.picture
	}
	err := use(ctx, p)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = failure{exitFailed, cause}
	}
	cancel(nil)
	background.Wait()
	return err
}

// lines uses the phone with a line for everything.
func (a *app) lines(ctx context.Context, p *handset) error {
	s := &phone.Session{
		Carrier: p.carrier, Time: p.time, Feed: p.feed, Board: p.board, Out: a.Out, From: p.from, To: p.to,
		Signal: p.signal, JSON: p.flags.format == "json", Verbose: p.flags.verbose, Legs: p.legs, Signals: p.signals, Shared: p.shared,
	}
	begin := p.begin
	switch {
	case p.waits:
		begin = func(context.Context) error { return nil }
	case begin == nil:
		begin = func(ctx context.Context) error { return s.Dial(ctx, "", "") }
	}
	err := begin(ctx)
	if err == nil {
		err = s.Settle(ctx)
	} else if f := (failure{}); !errors.As(err, &f) {
		err = failure{exitUsage, fmt.Errorf("call: %s", strings.TrimPrefix(err.Error(), "call: "))}
	}
	var quit bool
	if err == nil {
		quit, err = s.Play(ctx, a.In)
	}
	if err == nil && p.stays && !quit {
		err = s.Stay(ctx)
	}
	if err == nil {
		err = s.Finish(ctx)
	}
	var f failure
	switch {
	case ctx.Err() != nil:
		return nil // it was told to end
	case errors.As(err, &f):
		return err
	case err != nil:
		return failure{exitFailed, fmt.Errorf("phone: %w", err)}
	case s.Failed():
		return failure{exitProblems, s.Summary()}
	}
	return nil
}

// picture uses the phone on a screen.
func (a *app) picture(ctx context.Context, p *handset) error {
	m := screen.New(screen.Config{
		Title: p.title, Carrier: p.carrier, Feed: p.feed, Board: p.board, From: p.from, To: p.to, Begin: p.begin, Waits: p.waits,
		Signal: p.signal, Signals: p.offered,
	})
	if err := screen.Run(ctx, m, a.In, a.screen); err != nil {
		return failure{exitFailed, fmt.Errorf("phone: %w", err)}
	}
	if s := (&phone.Session{Board: p.board}); s.Failed() {
		return failure{exitProblems, s.Summary()}
	}
	return nil
}

// remoteHandset returns a phone of a carrier that runs elsewhere.
func remoteHandset(f *callFlags, c *control.Client, d control.Directory) (*handset, error) {
	names, err := f.phone.names()
	if err != nil {
		return nil, err
	}
	target, err := dialled(f, d.Numbers)
	if err != nil {
		return nil, err
	}
	called := target.Number != ""
	events := feed.New()
	p := &handset{
		flags: &f.phone, title: cmp.Or(target.Name, target.Number, "waits for calls"), from: f.phone.from, to: target.Number, carrier: c, feed: events,
		board: &board.Board{Names: names}, time: phone.Live{Feed: events}, waits: !called, shared: true,
		run: []func(context.Context) error{func(ctx context.Context) error { return c.Follow(ctx, d.Next, events) }},
	}
	for _, n := range d.Numbers {
		p.legs, p.signals, p.signal = append(p.legs, n.Legs...), append(p.signals, n.Signals...), c.Signal
		if !called || n.Number == target.Number {
			p.offered = append(p.offered, n.Signals...)
		}
	}
	if called && !f.outbound && !target.Outbound && len(f.vars) > 0 {
		return nil, failure{exitUsage, errVars}
	}
	if called && (f.outbound || target.Outbound) {
		r, err := f.request()
		if err != nil {
			return nil, err
		}
		p.begin = func(ctx context.Context) error { return c.Start(ctx, target.Name, r.To, r.Vars) }
	}
	return p, nil
}

// dialled chooses the number that is called: the only one, or that of --flow or --to, which may be none of the list. It is none
// when nobody said which of several.
func dialled(f *callFlags, numbers []control.Number) (control.Number, error) {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		switch {
		case f.flow != "" && n.Name == f.flow, f.flow == "" && n.Number == f.phone.to, f.flow == "" && f.phone.to == "" && len(numbers) == 1:
			return n, nil
		}
		list[i] = n.Number + "  " + n.Name
	}
	if f.flow == "" && f.phone.to != "" {
		return control.Number{Number: f.phone.to}, nil
	}
	if f.flow == "" {
		return control.Number{}, nil
	}
	return control.Number{}, failure{exitUsage, fmt.Errorf("call: there is no flow %q, choose one of:\n  %s", f.flow, strings.Join(list, "\n  "))}
}
