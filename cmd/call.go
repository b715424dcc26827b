package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// callFlags are the flags of call.
type callFlags struct {
	carrier carrierFlags
	phone   phoneFlags
	app     appFlags

	flow     string
	outbound bool
	vars     []string
	remote   string
}

// phoneFlags are those of commands that open a phone.
type phoneFlags struct {
	from, to string
	legs     []string
	plain    bool
	live     bool
	verbose  bool
	at       string
	format   string
}

func (f *phoneFlags) declare(flags *pflag.FlagSet) {
	flags.StringVar(&f.from, "from", "+15551112222", "number of the person who calls")
	flags.StringArrayVar(&f.legs, "leg", nil, "a name for a number: NAME=NUMBER (repeatable)")
	flags.BoolVar(&f.plain, "plain", false, "lines on the input and the output, on a terminal too")
	flags.BoolVar(&f.verbose, "verbose", false, "as lines: show documents too")
	flags.StringVar(&f.format, "format", "text", "as lines: text or json")
}

// names returns the names of legs by their numbers.
func (f *phoneFlags) names() (map[string]string, error) {
	if err := phone.Number(f.from); err != nil {
		return nil, failure{exitUsage, fmt.Errorf("--from: %w", err)}
	}
	if f.format != "text" && f.format != "json" {
		return nil, failure{exitUsage, fmt.Errorf("there is no format %q: it is text or json", f.format)}
	}
	names := map[string]string{}
	for _, given := range f.legs {
		name, number, ok := strings.Cut(given, "=")
		if !ok || name == "" || number == "" || strings.ContainsAny(name, " \t:") {
			return nil, failure{exitUsage, fmt.Errorf("--leg %s: write NAME=NUMBER, such as agent=+15553334444", given)}
		}
		names[number] = name
	}
	return names, nil
}

// firstVirtual is when virtual time begins unless --at says so: a Monday, in office hours on both coasts.
const firstVirtual = "2026-01-05T18:00:00Z"

func (a *app) callCommand() *cobra.Command {
	var f callFlags
	c := &cobra.Command{
		Use:   "call [FLOW | URL]",
		Short: "Call a flow, or any web application, from a phone in the terminal",
		Long: "Call is a phone. It dials a flow (a file, or a folder with --flow NAME; a sample flow when there is no path), which\n" +
			"runs in this process with a simulated carrier, or the web application at a URL, or with --carrier a number of a\n" +
			"carrier that `simulator` or `serve --simulate` runs (without --flow and --to it waits for calls). A flow that calls people calls the number --to.\n\n" +
			"On a terminal the phone fills the screen, and ? shows its keys. Where the input or the output is no terminal it takes\n" +
			"one line for everything that a person does, and writes what happens in lines, in virtual time: at once, and always the\n" +
			"same. At the end of the input every phone hangs up, and it waits until all is over; with --carrier for a few seconds, so\n" +
			"that a late webhook, such as recordingAvailable, may not be shown.\n\n" + phone.Help() + "\n" +
			"Exit codes: 0 fine, 1 something went wrong: a caller heard the apology, a document was no BXML, a webhook failed, a line\n" +
			"could not be done; 2 wrong use, 3 could not run.",
		Example: "  bxmlflow call flows/front-desk.yaml\n  bxmlflow call https://voice.example.com/start\n" +
			"  printf 'press 1\\nagent: answer\\nagent: press 1\\nwait 5s\\n' | bxmlflow call flows/front-desk.yaml",
		Args: arguments(0, 1, "flow or URL"),
		RunE: func(c *cobra.Command, args []string) error { return a.call(c, &f, args) },
	}
	flags := c.Flags()
	f.phone.declare(flags)
	flags.StringVar(&f.phone.to, "to", "", "number that is called (default that of the flow, or of the person whom it calls)")
	flags.BoolVar(&f.phone.live, "live", false, "as lines: in real time")
	flags.StringVar(&f.phone.at, "at", "", "as lines: when virtual time begins (default "+firstVirtual+")")
	flags.StringVar(&f.flow, "flow", "", "name of the flow")
	flags.BoolVar(&f.outbound, "start", false, "let the flow call --to, also when it takes calls")
	flags.StringArrayVar(&f.vars, "var", nil, "a variable of a flow that calls: NAME=VALUE (repeatable)")
	flags.StringVar(&f.remote, "carrier", "", "address of a simulated carrier that runs elsewhere, such as http://127.0.0.1:8082")
	flags.String("config", "", "configuration file, for params, hosts and secrets (default "+configFile+" when it is there)")
	flags.StringArray("param", nil, "a param of the flow: name=value, or flow.name=value (repeatable)")
	f.app.declare(flags)
	f.carrier.declare(flags)
	return c
}

// call decides what is called, and opens the phone.
func (a *app) call(c *cobra.Command, f *callFlags, args []string) error {
	if f.remote != "" {
		if len(args) > 0 {
			return failure{exitUsage, fmt.Errorf("call: %q and --carrier: call one of them", args[0])}
		}
		return a.callRemote(c.Flags(), f)
	}
	if len(args) == 1 && (strings.HasPrefix(args[0], "http://") || strings.HasPrefix(args[0], "https://")) {
		return a.callURL(f, args[0])
	}
	return a.callFlow(c.Flags(), f, args)
}

// callFlow runs flows in this process and calls one of them.
func (a *app) callFlow(flags *pflag.FlagSet, f *callFlags, args []string) error {
	set, target, config, err := a.chooseFlow(flags, f, args)
	if err != nil {
		return err
	}
	if err := lacking("call", set); err != nil {
		return err
	}
	if len(args) == 0 && f.flow == "" {
		fmt.Fprintf(a.Err, "no path is given: calling the sample flow %s; --flow NAME calls another\n", target.Name)
	}
	carrier, err := f.carrier.config()
	if err != nil {
		return failure{exitUsage, err}
	}
	screen := a.hasScreen(&f.phone)
	live := screen || f.phone.live
	if !live {
		if carrier.Start, err = f.phone.start(); err != nil {
			return err
		}
	}
	numbers := flowNumbers(set, inside.flows)
	s, err := newStage(carrier, numbers, &runtime.Config{
		Flows: set, Kit: a.kit, Logger: quiet(), Hosts: config.hosts, Apology: config.apology,
		TokenKeys: [][]byte{make([]byte, tokenKeySize)}, // nobody outside gets a token, and each run is the same
		Secrets: func(name string) (string, error) {
			if value, err := a.secret(config, name); err == nil {
				return value, nil
			}
			return "secret " + name, nil // nothing outside gets it
		},
	}, inside)
	if err != nil {
		return failure{exitUsage, fmt.Errorf("call: %w", err)}
	}
	defer s.close()
	if err := f.carrier.apply(s.carrier); err != nil {
		return failure{exitUsage, err}
	}
	own := numbers[0].number
	for _, n := range numbers {
		if n.flow == target.Name {
			own = n.number
		}
	}
	p, err := s.handset(&f.phone, target.Name, own, live)
	if err != nil {
		return err
	}
	p.board.Apology = config.apology
	for _, n := range numbers {
		p.legs, p.signals = append(p.legs, n.legs...), append(p.signals, n.signals...)
		if n.flow == target.Name {
			p.offered = n.signals
		}
	}
	if !f.outbound && !outboundOnly(target) && len(f.vars) > 0 {
		return failure{exitUsage, errVars}
	}
	if f.outbound || outboundOnly(target) {
		r, err := f.request()
		if err != nil {
			return err
		}
		p.begin = func(ctx context.Context) error { _, err := s.start(ctx, target.Name, r, numbers); return err }
	}
	return a.open(p, screen)
}

// errVars says that nothing takes variables.
var errVars = errors.New("call: --var is for a flow that calls people: say --start to let the flow call")

// request is what a flow is asked for that calls somebody.
func (f *callFlags) request() (runtime.CallRequest, error) {
	r := runtime.CallRequest{To: cmp.Or(f.phone.to, f.phone.from), Vars: map[string]any{}}
	for _, given := range f.vars {
		name, value, ok := strings.Cut(given, "=")
		if !ok || name == "" {
			return r, failure{exitUsage, fmt.Errorf("--var %s: write NAME=VALUE", given)}
		}
		r.Vars[name] = value
	}
	return r, nil
}

// start is when virtual time begins.
func (f *phoneFlags) start() (time.Time, error) {
	at, err := time.Parse(time.RFC3339, cmp.Or(f.at, firstVirtual))
	if err != nil {
		return at, failure{exitUsage, fmt.Errorf("--at %q is no time: write it as %s", f.at, firstVirtual)}
	}
	return at, nil
}
