package cmd

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/cmd/internal/control"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// simulatorFlags are the flags of simulator.
type simulatorFlags struct {
	carrier carrierFlags
	phone   phoneFlags
	app     appFlags

	url     string
	numbers []string
	calls   []string
	choices bool
}

// apiPath is where the Voice REST API is at the address of a carrier.
const apiPath = "/api/v2"

// simulatorNumber belongs to the application unless --number says otherwise.
const simulatorNumber = "+15559990000"

func (a *app) simulatorCommand() *cobra.Command {
	var f simulatorFlags
	c := &cobra.Command{
		Use:   "simulator",
		Short: "Play Bandwidth on this machine, for any web application",
		Long: "Simulator is the carrier: it takes calls to its numbers, sends webhooks to the application, carries out the BXML that\n" +
			"comes back, and serves the Voice REST API, so that an application can be tried and tested without an account.\n" +
			"Point the application's client at http://ADDR/api/v2 (tokens at http://ADDR/api/v1/oauth2/token), with any user\n" +
			"name and password, and let it name the application by --application-id. Time is real, and ids differ from run\n" +
			"to run unless --seed is given.\n\n" +
			"On a terminal it opens the phone, as `call` does. Else it takes lines from the input and writes what happens;\n" +
			"at the end of the input it goes on, until SIGINT or SIGTERM ends it.\n" +
			"Phones elsewhere use it with `bxmlflow call --carrier http://ADDR`.\n\n" + phone.Help() + "\n" +
			"Exit codes: 0 stopped in order, 1 something went wrong while it took lines, 2 wrong use, 3 could not run.",
		Example: "  bxmlflow simulator --app http://127.0.0.1:3000/voice\n" +
			"  bxmlflow simulator --app http://127.0.0.1:3000/voice --phone +15553334444=answer:3s --fault gather=slow:20s\n" +
			"  bxmlflow simulator --choices",
		Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if f.choices {
				writeChoices(a.Out)
				return nil
			}
			if !c.Flags().Changed("seed") { // an application that outlives the carrier must not meet the same call twice
				f.carrier.seed = rand.Uint64()
			}
			return a.simulator(&f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.url, "app", "", "URL of the application: where the initiate of inbound calls is sent")
	flags.StringArrayVar(&f.numbers, "number", nil, "number of the application, or NUMBER=URL of another one (repeatable; default "+simulatorNumber+")")
	flags.StringArrayVar(&f.calls, "call", nil, "place a call at the start: FROM, or FROM=TO (repeatable)")
	flags.BoolVar(&f.choices, "choices", false, "list what --choice may say")
	f.phone.declare(flags)
	f.app.declare(flags)
	flags.Lookup("addr").Usage = "host:port of the REST API (default 127.0.0.1:8082)"
	f.carrier.declare(flags)
	return c
}

// simulator runs the carrier until the phone, or the input, or a signal ends it.
func (a *app) simulator(f *simulatorFlags) error {
	carrier, err := f.carrier.config()
	if err != nil {
		return failure{exitUsage, err}
	}
	numbers, err := f.owned()
	if err != nil {
		return failure{exitUsage, err}
	}
	d, err := listenDesk(cmp.Or(f.app.addr, defaultConfig().simulateAddr))
	if err != nil {
		return failure{exitFailed, fmt.Errorf("simulator: %w", taken(err, "addr"))}
	}
	defer d.listener.Close()
	s, err := newStage(carrier, numbers, nil, place{rest: d.url() + apiPath})
	if err != nil {
		return failure{exitUsage, fmt.Errorf("simulator: %w", err)}
	}
	defer s.close()
	if err := f.carrier.apply(s.carrier); err != nil {
		return failure{exitUsage, err}
	}
	d.handle(s, numbers)
	own := ""
	if len(numbers) > 0 {
		own = numbers[0].number
	}
	p, err := s.handset(&f.phone, "simulator", own, true)
	if err != nil {
		return err
	}
	p.waits, p.stays, p.run = true, true, append(p.run, d.run)
	onScreen := a.hasScreen(&f.phone)
	if !onScreen {
		fmt.Fprintf(a.Err, "the REST API is at %s, account %s\n", d.url()+apiPath, account(carrier.Account))
		for _, n := range numbers {
			fmt.Fprintf(a.Err, "%s is answered by %s, application %s\n", n.number, n.app.URL, n.app.ID)
		}
		if len(numbers) == 0 {
			fmt.Fprintln(a.Err, "no application answers calls: say --app URL")
		}
	}
	for _, given := range f.calls {
		from, to, _ := strings.Cut(given, "=")
		if _, err := s.carrier.Place(simulator.Inbound{From: from, To: cmp.Or(to, own)}); err != nil {
			return failure{exitUsage, fmt.Errorf("--call %s: %w", given, err)}
		}
	}
	return a.open(p, onScreen)
}

// owned returns the numbers with their applications.
func (f *simulatorFlags) owned() ([]number, error) {
	given := f.numbers
	if len(given) == 0 && f.url != "" {
		given = []string{simulatorNumber}
	}
	var list []number
	for _, g := range given {
		n, url, ok := strings.Cut(g, "=")
		if !ok {
			url = f.url
		}
		if url == "" {
			return nil, fmt.Errorf("--number %s: say --app URL, or write NUMBER=URL", g)
		}
		app := f.app.application(url)
		if url != f.url {
			app.ID = fmt.Sprintf("%s-%d", f.app.id, len(list)+1)
		}
		list = append(list, number{number: n, flow: url, app: app})
	}
	return list, nil
}

// callURL calls a web application.
func (a *app) callURL(f *callFlags, url string) error {
	carrier, err := f.carrier.config()
	if err != nil {
		return failure{exitUsage, err}
	}
	onScreen := a.hasScreen(&f.phone)
	live := onScreen || f.phone.live
	if !live {
		if carrier.Start, err = f.phone.start(); err != nil {
			return err
		}
	}
	var d *desk
	at := inside
	if f.app.addr != "" {
		if d, err = listenDesk(f.app.addr); err != nil {
			return failure{exitFailed, fmt.Errorf("call: %w", taken(err, "addr"))}
		}
		defer d.listener.Close()
		at.rest = d.url() + apiPath
	}
	app := f.app.application(url)
	numbers := []number{{number: cmp.Or(f.phone.to, simulatorNumber), flow: url, app: app}}
	s, err := newStage(carrier, numbers, nil, at)
	if err != nil {
		return failure{exitUsage, fmt.Errorf("call: %w", err)}
	}
	defer s.close()
	if err := f.carrier.apply(s.carrier); err != nil {
		return failure{exitUsage, err}
	}
	p, err := s.handset(&f.phone, url, numbers[0].number, live)
	if err != nil {
		return err
	}
	if d != nil {
		d.handle(s, numbers)
		p.run = append(p.run, d.run)
	}
	return a.open(p, onScreen)
}

// callRemote uses a carrier that runs elsewhere.
func (a *app) callRemote(flags *pflag.FlagSet, f *callFlags) error {
	if err := localOnly(flags); err != nil {
		return err
	}
	c, err := control.Dial(f.remote)
	if err != nil {
		return failure{exitUsage, fmt.Errorf("call: --carrier: %w", err)}
	}
	directory, err := c.Directory(context.Background())
	if err != nil {
		return failure{exitFailed, fmt.Errorf("call: %w", err)}
	}
	p, err := remoteHandset(f, c, directory)
	if err != nil {
		return err
	}
	onScreen := a.hasScreen(&f.phone)
	if p.waits && !onScreen {
		fmt.Fprintln(a.Err, "waiting for calls; `call FROM TO` calls one of these numbers:")
		for _, n := range directory.Numbers {
			fmt.Fprintf(a.Err, "  %s  %s\n", n.Number, n.Name)
		}
	}
	return a.open(p, onScreen)
}

// localOnly refuses flags that say something about a carrier, or a flow, in this process.
func localOnly(flags *pflag.FlagSet) error {
	var elsewhere []string
	var own pflag.FlagSet
	(&carrierFlags{}).declare(&own)
	(&appFlags{}).declare(&own)
	flags.Visit(func(f *pflag.Flag) {
		switch {
		case own.Lookup(f.Name) != nil, f.Name == "param", f.Name == "config", f.Name == "at", f.Name == "live":
			elsewhere = append(elsewhere, "--"+f.Name)
		}
	})
	if len(elsewhere) == 0 {
		return nil
	}
	return failure{exitUsage, fmt.Errorf("call: %s with --carrier: say it to the command that runs the carrier", strings.Join(elsewhere, ", "))}
}
