package cmd

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flows"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// scene is a call of the demo.
type scene struct {
	title string
	beats []beat
}

// beat is what a person does, and what has to come of it.
type beat struct {
	line  string // as typed into a phone
	leg   string // whose state and ears are looked at: the caller's when ""
	state string // afterwards, "" when it does not matter
	hears string // part of what the leg has heard by then
}

// scenes are the calls of the demo.
func scenes() []scene {
	return []scene{
		{
			title: "a caller asks for the agent, who is busy, and leaves a message",
			beats: []beat{
				{line: "call", state: "greeting", hears: "Thanks for calling"},
				{line: "press 1", state: "connecting", hears: "Press 1 for an agent"},
				{line: "wait 2s"},
				{line: "agent: busy", state: "voicemail", hears: "leave a message"},
				{line: "say This is Ada. Please call me back.", state: "voicemail"},
				{line: "press #", state: "goodbye", hears: "Goodbye"},
				{line: "wait 5s", state: "goodbye"},
			},
		},
		{
			title: "a caller asks for the agent, who takes the call",
			beats: []beat{
				{line: "call", state: "greeting"},
				{line: "press 1", state: "connecting"},
				{line: "wait 3s"},
				{line: "agent: answer", leg: "agent", state: "screening"},
				{line: "wait 4s", leg: "agent", hears: "A caller is waiting"},
				{line: "agent: press 1", state: "talking"},
				{line: "say Hello, is that the agent?", leg: "agent", hears: "is that the agent"},
				{line: "agent: say Speaking.", hears: "Speaking"},
				{line: "agent: hangup", state: "goodbye"},
				{line: "wait 5s", state: "goodbye", hears: "Goodbye"},
			},
		},
	}
}

func (a *app) demoCommand() *cobra.Command {
	var whole bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show calls from the first ring to the hang-up",
		Long: "Demo serves the sample flow front-desk and a simulated carrier on free ports of this machine, and shows two calls with\n" +
			"three people in them: who hears what, the webhooks, the REST calls, the states. No account is needed.\n\n" +
			"Exit codes: 0 all as expected, 1 something else happened, 2 wrong use, 3 could not run.",
		Example: "  bxmlflow demo\n  bxmlflow demo --bxml",
		Args:    arguments(0, 0, ""),
		RunE:    func(*cobra.Command, []string) error { return a.demo(whole) },
	}
	c.Flags().BoolVar(&whole, "bxml", false, "print the documents whole")
	return c
}

// demoFlow is the flow that the demo calls.
const demoFlow = "front-desk"

// demo plays the scenes over sockets, in virtual time.
func (a *app) demo(whole bool) error {
	set, err := a.demoFlows()
	if err != nil {
		return err
	}
	d, err := listenDesk("127.0.0.1:0")
	if err != nil {
		return failure{exitFailed, fmt.Errorf("demo: %w", err)}
	}
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return failure{exitFailed, fmt.Errorf("demo: %w", err)}
	}
	at := place{flows: "http://" + web.Addr().String(), rest: d.url() + apiPath}
	start, err := (&phoneFlags{}).start()
	if err != nil {
		return err
	}
	numbers := flowNumbers(set, at.flows)
	s, err := newStage(simulator.Config{Seed: 1, Start: start}, numbers, &runtime.Config{Flows: set, Kit: a.kit, Logger: quiet()}, at)
	if err != nil {
		return failure{exitFailed, fmt.Errorf("demo: %w", err)}
	}
	defer s.close()
	d.handle(s, numbers)
	server := &http.Server{Handler: s.engine.Handler(), ReadHeaderTimeout: readHeaderTimeout}
	defer server.Close()
	go func() { _ = server.Serve(web) }() // ends when it is closed; before, calls would show it
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { _ = d.run(ctx) }()

	fmt.Fprintf(a.Err, "the flow is served at %s, the carrier at %s, while this runs\n", at.flows, d.url())
	if err := a.play(ctx, s, whole); err != nil {
		return failure{exitProblems, fmt.Errorf("demo: %w", err)}
	}
	fmt.Fprintln(a.Out, "next: bxmlflow call, or bxmlflow init calls && bxmlflow serve --simulate calls")
	return nil
}

// demoFlows loads the flow of the demo alone.
func (a *app) demoFlows() (*flow.Set, error) {
	text, err := fs.ReadFile(flows.FS, demoFlow+".yaml")
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	set, problems := flow.Compile(flow.Options{Functions: a.kit.Functions}, flow.Source{Path: demoFlow + ".yaml", Text: text})
	if problems.HasErrors() {
		return nil, failure{exitProblems, problems.Err()}
	}
	return set, nil
}

// play plays the scenes one after the other.
func (a *app) play(ctx context.Context, s *stage, whole bool) error {
	for _, sc := range scenes() {
		fmt.Fprintf(a.Out, "%s: %s\n\n", demoFlow, sc.title)
		p := &phone.Session{
			Carrier: phone.Local{Carrier: s.carrier}, Time: phone.Virtual{Carrier: s.carrier, Watch: s.watch}, Feed: s.feed,
			Board: &board.Board{Apology: runtime.DefaultApology}, Out: a.Out, From: "+15551112222", To: fmt.Sprintf("+%d", firstNumber+1),
			Verbose: true, Whole: whole,
		}
		p.Skip()
		for _, b := range sc.beats {
			if a.Terminal {
				time.Sleep(pause)
			}
			if err := a.beat(ctx, p, b); err != nil {
				return fmt.Errorf("%s: %w", b.line, err)
			}
		}
		if err := p.Finish(ctx); err != nil {
			return err
		}
		if p.Failed() {
			return p.Summary()
		}
		fmt.Fprintln(a.Out)
	}
	return nil
}

// pause is how long a reader at a terminal gets for one beat.
const pause = 800 * time.Millisecond

// beat lets a person do something and judges what comes of it.
func (a *app) beat(ctx context.Context, p *phone.Session, b beat) error {
	fmt.Fprintf(a.Out, "> %s\n", b.line)
	if _, err := p.Line(ctx, b.line); err != nil {
		return err
	}
	l := p.Board.Find(b.leg)
	switch {
	case l == nil:
		return fmt.Errorf("there is no leg %q", b.leg)
	case b.state != "" && l.Step != b.state:
		return fmt.Errorf("the state of %s is %q, not %q", l.Name, l.Step, b.state)
	case b.hears != "" && !l.Heard(b.hears):
		return fmt.Errorf("%s does not hear %q", l.Name, b.hears)
	}
	return nil
}
