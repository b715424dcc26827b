package cmd

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// carrierFlags are what the simulated carrier is told on the command line.
type carrierFlags struct {
	account  string
	seed     uint64
	cps      int
	maxCalls int
	phones   []string
	choices  []string
	faults   []string
	users    []string
	clients  []string
}

func (f *carrierFlags) declare(flags *pflag.FlagSet) {
	flags.StringVar(&f.account, "account", "", "account id (default 9900000)")
	flags.Uint64Var(&f.seed, "seed", 1, "source of ids and of all that is random")
	flags.IntVar(&f.cps, "cps", 0, "calls per second that the account may begin (default 5)")
	flags.IntVar(&f.maxCalls, "max-calls", 0, "calls that the account may have at a time (default 100)")
	flags.StringArrayVar(&f.phones, "phone", nil, "how a number behaves when nobody sees to it: NUMBER=answer:3s, busy, refuse:2s, ring,\n"+
		"silent or machine:2s, and then what its owner does: answer:3s,press 1:2s,say hello:1s,hangup:30s (repeatable)")
	flags.StringArrayVar(&f.choices, "choice", nil, "what the carrier does where Bandwidth's pages leave it open: NAME=VALUE (repeatable)")
	flags.StringArrayVar(&f.faults, "fault", nil, "what goes wrong: EVENT=drop, duplicate, delay:2s, slow:20s, reorder or error:503, EVENT=outcome:RESULT,\n"+
		"or OPERATION=429 of REST; *3 at the end for three times (repeatable)")
	flags.StringArrayVar(&f.users, "user", nil, "who may use the REST API with HTTP Basic: NAME:PASSWORD (repeatable; default everybody)")
	flags.StringArrayVar(&f.clients, "client", nil, "who may use the REST API with OAuth 2.0: ID:SECRET (repeatable; default everybody)")
}

// config returns the configuration of a carrier.
func (f *carrierFlags) config() (simulator.Config, error) {
	c := simulator.Config{Account: f.account, Seed: f.seed, CallsPerSecond: f.cps, MaxCalls: f.maxCalls}
	for _, given := range f.choices {
		if err := choose(&c.Choices, given); err != nil {
			return c, fmt.Errorf("--choice %s: %w", given, err)
		}
	}
	for _, list := range []struct {
		flag   string
		given  []string
		client bool
	}{{"user", f.users, false}, {"client", f.clients, true}} {
		for _, given := range list.given {
			name, password, ok := strings.Cut(given, ":")
			if !ok || name == "" || password == "" {
				return c, fmt.Errorf("--%s is a name and a password with a colon between", list.flag)
			}
			c.Users = append(c.Users, simulator.User{Name: name, Password: password, Client: list.client})
		}
	}
	return c, nil
}

// apply tells a carrier about phones and faults.
func (f *carrierFlags) apply(c *simulator.Carrier) error {
	for _, given := range f.phones {
		number, behaviour, _ := strings.Cut(given, "=")
		p, err := behave(behaviour)
		if err != nil {
			return fmt.Errorf("--phone %s: %w", given, err)
		}
		c.SetPhone(number, p)
	}
	for _, given := range f.faults {
		fault, err := faulty(given)
		if err != nil {
			return fmt.Errorf("--fault %s: %w", given, err)
		}
		c.Fault(fault)
	}
	return nil
}

// behave reads how a phone behaves: answer:3s,press 1:2s,hangup:30s.
func behave(text string) (simulator.Phone, error) {
	var p simulator.Phone
	for i, part := range strings.Split(text, ",") {
		what, after, err := timed(part)
		if err != nil {
			return p, err
		}
		act, arg, _ := strings.Cut(what, " ")
		arg = strings.TrimSpace(arg)
		switch {
		case i > 0 && act == "press" && arg != "":
			p.Script = append(p.Script, simulator.Cue{After: after, Press: arg})
		case i > 0 && act == "say" && arg != "":
			p.Script = append(p.Script, simulator.Cue{After: after, Say: arg})
		case i > 0 && what == "hangup":
			p.Script = append(p.Script, simulator.Cue{After: after, HangUp: true})
		case i > 0:
			return p, fmt.Errorf("%q is none of press KEYS, say TEXT and hangup", part)
		case what == "answer":
			p.Answers, p.AnswerAfter = true, after
		case what == "machine":
			p.Answers, p.AnswerAfter, p.Machine = true, after, "answering-machine"
		case what == "busy":
			p.Busy, p.RingAfter = true, after
		case what == "refuse":
			p.Refuse, p.AnswerAfter = true, after
		case what == "silent":
			p.NoRinging = true
		case what != "ring":
			return p, fmt.Errorf("%q is none of answer, busy, refuse, ring, silent and machine", what)
		}
	}
	return p, nil
}

// timed reads what happens and after what time: answer:3s.
func timed(text string) (what string, after time.Duration, err error) {
	at := strings.LastIndex(text, ":")
	if at < 0 {
		return strings.TrimSpace(text), 0, nil
	}
	after, err = time.ParseDuration(text[at+1:])
	if err != nil || after < 0 {
		return "", 0, fmt.Errorf("%q is no duration: write a number and a unit, such as 3s", text[at+1:])
	}
	return strings.TrimSpace(text[:at]), after, nil
}

// faulty reads a fault: gather=delay:2s*3, createCall=429.
func faulty(text string) (simulator.Fault, error) {
	name, what, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return simulator.Fault{}, fmt.Errorf("write EVENT=KIND or OPERATION=STATUS")
	}
	f := simulator.Fault{Count: 1}
	what, times, counted := strings.Cut(what, "*")
	if counted {
		n, err := strconv.Atoi(times)
		if err != nil || n < 1 {
			return f, fmt.Errorf("%q is no number of times", times)
		}
		f.Count = n
	}
	if status, err := strconv.Atoi(what); err == nil {
		f.Kind, f.Operation, f.Status = simulator.REST, name, status
		return f, wrongStatus(status)
	}
	if event.Lookup(name) == nil {
		return f, noEvent(name)
	}
	f.Event = name
	kind, arg, given := strings.Cut(what, ":")
	f.Kind = simulator.FaultKind(kind)
	switch f.Kind {
	case simulator.Drop, simulator.Duplicate, simulator.Delay, simulator.Slow, simulator.Reorder:
		if !given {
			return f, nil
		}
		var err error
		if _, f.Delay, err = timed(what); err != nil {
			return f, err
		}
		return f, nil
	case simulator.Error:
		if given {
			f.Status, _ = strconv.Atoi(arg) // 0 is no status either
			return f, wrongStatus(f.Status)
		}
		return f, nil
	case simulator.Outcome:
		f.Result = arg
		return f, nil
	}
	return f, fmt.Errorf("%q is none of drop, duplicate, delay, slow, reorder, error and outcome", kind)
}

// noEvent says which events there are.
func noEvent(name string) error {
	var names []string
	for _, t := range event.Types() {
		names = append(names, t.Name)
	}
	if near, ok := diag.Nearest(name, names); ok {
		return fmt.Errorf("there is no event %q, did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no event %q: they are %s", name, strings.Join(names, ", "))
}

func wrongStatus(status int) error {
	if status < 200 || status > 599 {
		return fmt.Errorf("%d is no status of HTTP that ends a request", status)
	}
	return nil
}
