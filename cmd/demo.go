package cmd

import (
	"fmt"
	"log/slog"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// scene is a call that the demo plays.
type scene struct {
	title     string
	flow      string
	callID    string
	direction string
	beats     []beat
}

// beat is one webhook: who does what, what Bandwidth then sends, and what has to come back.
type beat struct {
	who, does string
	event     string
	fields    map[string]any
	state     string // afterwards, "" when it does not matter
	hears     string // a part of what is said, "" when nothing is
}

// scenes are the calls of the demo.
func scenes() []scene {
	return []scene{
		{
			title: "a caller asks for the agent, who is busy, and leaves a message",
			flow:  "front-desk", callID: "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d", direction: "inbound",
			beats: []beat{
				{who: "caller", does: "rings", event: "initiate", state: "greeting", hears: "Thanks for calling"},
				{who: "caller", does: "presses 1", event: "gather", fields: map[string]any{"digits": "1"}, state: "connecting", hears: "Please hold"},
				{who: "agent", does: "is on the phone", event: "transferComplete", fields: map[string]any{"cause": "busy"},
					state: "voicemail", hears: "Our agent is on another call"},
				{who: "caller", does: "says something and presses #", event: "recordComplete",
					fields: map[string]any{"duration": 14 * time.Second, "recordingId": "r-115da407-e3d9-4ea7-889f-5f4ad7386a80"},
					state:  "received", hears: "We will call you back"},
				{who: "caller", does: "is hung up", event: "disconnect", fields: map[string]any{"cause": "hangup"}},
				{who: "carrier", does: "has stored the recording", event: "recordingAvailable",
					fields: map[string]any{"status": "complete", "duration": 14 * time.Second, "recordingId": "r-115da407-e3d9-4ea7-889f-5f4ad7386a80"}},
			},
		},
		{
			title: "a colleague is called to take a waiting call, and the bridge fails",
			flow:  "bridge-result", callID: "c-c2e1a4f0-8d6b3a57-0f4e-4b8a-9c55-1f0a6d2e7b93", direction: "outbound",
			beats: []beat{
				{who: "colleague", does: "answers", event: "answer",
					fields: map[string]any{"tag": "c-5d0b7e62-94a8c1f3-7c2d-4e19-a6b4-3e8f1d5c9a70"}, state: "bridging", hears: "Connecting you now"},
				{who: "carrier", does: "finds the waiting call busy", event: "bridgeComplete",
					fields: map[string]any{"cause": "busy", "errorMessage": "Callee is busy"}, state: "busy", hears: "already talking to someone else"},
				{who: "colleague", does: "is hung up", event: "disconnect", fields: map[string]any{"cause": "hangup"}},
			},
		},
	}
}

func (a *app) demoCommand() *cobra.Command {
	var whole bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show calls from the first ring to the hang-up",
		Long: "Demo serves the sample flows on a free port of this machine, sends them the webhooks that Bandwidth would send\n" +
			"during two calls, and shows what comes back. No account is needed.\n\n" +
			"Exit codes: 0 all as expected, 1 something else came back, 2 wrong use, 3 could not run.",
		Example: "  bxmlflow demo\n  bxmlflow demo --bxml",
		Args:    arguments(0, 0, ""),
		RunE:    func(*cobra.Command, []string) error { return a.demo(whole) },
	}
	c.Flags().BoolVar(&whole, "bxml", false, "print the documents whole")
	return c
}

// demo serves the sample flows and plays the scenes.
func (a *app) demo(whole bool) error {
	traces := make(chan *runtime.Trace, 16)
	observed := *a
	observed.kit.Observers = append([]runtime.Observer{func(t *runtime.Trace) { traces <- t }}, a.kit.Observers...)
	c := defaultConfig()
	c.addr, c.logLevel = "127.0.0.1:0", slog.LevelError
	s, err := observed.newServer(&c, nil)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	ended := make(chan error, 1)
	go func() { ended <- s.run(signals) }()

	fmt.Fprintf(a.Err, "the sample flows are served on %s while this runs\n", s.url())
	played := a.play(newPhone(a, s.url(), traces, whole))
	signals <- syscall.SIGTERM
	if err := <-ended; err != nil {
		return err
	}
	if played != nil {
		return failure{exitProblems, fmt.Errorf("demo: %w", played)}
	}
	return nil
}

func (a *app) play(p *phone) error {
	for _, sc := range scenes() {
		fmt.Fprintf(a.Out, "%s: %s\n", sc.flow, sc.title)
		p.begin(sc)
		for _, b := range sc.beats {
			if err := p.play(b); err != nil {
				return fmt.Errorf("%s: %s: %w", sc.flow, b.event, err)
			}
		}
		fmt.Fprintln(a.Out)
	}
	fmt.Fprintln(a.Out, "next: bxmlflow init calls && bxmlflow serve calls")
	return nil
}
