// Package phone is a telephone that is used with a line of text for everything that a person does: press 1, say hello,
// agent: answer. It drives a carrier in virtual time, where a script takes no time and always ends the same, or one that runs.
package phone

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Do is what a person does with a call.
type Do string

// What a person can do. The words are those of tests of flows.
const (
	PickUp Do = "pickUp"
	Refuse Do = "refuse"
	Busy   Do = "busy"
	Press  Do = "press"
	Say    Do = "say"
	HangUp Do = "hangUp"
)

// command is a line that was understood.
type command struct {
	word string
	leg  string // "" for the own one
	text string
	wait time.Duration
}

// word is a word of the language.
type word struct {
	name  string
	also  []string
	takes argument
	does  Do // "" for those that are no act of a person
	help  string
}

// argument is what follows a word.
type argument uint8

const (
	nothing argument = iota
	keys
	speech
	leg
	duration
	numbers
	named
)

// words lists the language.
func words() []word {
	return []word{
		{"press", nil, keys, Press, "press KEYS             press keys, as soon as somebody listens: press 12#"},
		{"say", nil, speech, Say, "say TEXT               say something, as soon as somebody listens"},
		{"hangup", []string{"hangUp"}, leg, HangUp, "hangup [LEG]           hang up"},
		{"answer", []string{"pickUp", "pickup"}, leg, PickUp, "answer [LEG]           pick up, as soon as the phone rings"},
		{"refuse", nil, leg, Refuse, "refuse [LEG]           reject the call"},
		{"busy", nil, leg, Busy, "busy [LEG]             be busy"},
		{"wait", []string{"silence"}, duration, "", "wait 10s               say and press nothing for so long"},
		{"call", nil, numbers, "", "call [FROM] [TO]       call once more"},
		{"signal", nil, named, "", "signal NAME [K=V ...]  send a signal of the flow to the call, as from outside"},
		{"legs", nil, nothing, "", "legs                   the calls with their ids, and what becomes of them"},
		{"state", nil, leg, "", "state [LEG]            the state of the flow, with its variables"},
		{"bxml", nil, leg, "", "bxml [LEG]             the document that runs"},
		{"quit", nil, nothing, "", "quit                   hang up and end"},
		{"help", nil, nothing, "", "help                   this list"},
	}
}

// Help describes the language, one word to a line.
func Help() string {
	var b strings.Builder
	for _, w := range words() {
		b.WriteString("  " + w.help + "\n")
	}
	b.WriteString("  agent: press 1         the same at the phone of another leg; # begins a comment\n")
	return b.String()
}

// parse reads a line. An empty line and a comment have no word.
func parse(line string) (command, error) {
	line = strings.TrimSpace(line)
	if line == "" || line == "#" || strings.HasPrefix(line, "# ") {
		return command{}, nil
	}
	var c command
	if name, rest, ok := strings.Cut(line, ": "); ok && !strings.ContainsAny(name, " \t") {
		c.leg, line = name, strings.TrimSpace(rest)
	}
	name, rest, _ := strings.Cut(line, " ")
	w, err := lookup(name)
	if err != nil {
		return c, err
	}
	c.word = w.name
	return c, c.argument(w, strings.TrimSpace(rest))
}

func lookup(name string) (word, error) {
	var names []string
	for _, w := range words() {
		if w.name == name || slices.Contains(w.also, name) {
			return w, nil
		}
		names = append(names, w.name)
	}
	if near, ok := diag.Nearest(name, names); ok {
		return word{}, fmt.Errorf("there is no command %q, did you mean %q?", name, near)
	}
	return word{}, fmt.Errorf("there is no command %q: they are %s", name, strings.Join(names, ", "))
}

func (c *command) argument(w word, rest string) error {
	switch w.takes {
	case nothing:
		if rest != "" {
			return fmt.Errorf("%s takes nothing, but got %q", w.name, rest)
		}
	case leg:
		switch {
		case strings.Contains(rest, " "):
			return fmt.Errorf("%s takes the name of one leg, but got %q", w.name, rest)
		case rest != "" && c.leg != "" && rest != c.leg:
			return fmt.Errorf("%s is for %q or for %q, not both", w.name, c.leg, rest)
		case rest != "":
			c.leg = rest
		}
	case duration:
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is no duration: write a number and a unit, such as 10s or 1m", rest)
		}
		c.wait = d
	case keys:
		if c.text = strings.Join(strings.Fields(rest), ""); c.text == "" {
			return fmt.Errorf("%s needs keys, such as %s 1", w.name, w.name)
		}
		if strange := strings.Trim(c.text, "0123456789*#ABCDabcd"); strange != "" {
			return fmt.Errorf("%q is no key of a phone: they are 0-9, * and #", strange)
		}
	case speech:
		if c.text = strings.Trim(rest, `"`); c.text == "" {
			return fmt.Errorf("%s needs words, such as %s hello", w.name, w.name)
		}
	case named:
		if c.text = rest; rest == "" {
			return fmt.Errorf("%s needs the name of a signal, such as %s agentFree", w.name, w.name)
		}
	case numbers:
		if len(strings.Fields(rest)) > 2 {
			return fmt.Errorf("%s takes two numbers at most, but got %q", w.name, rest)
		}
		c.text = rest
	}
	return nil
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)

// Number fails when a call cannot come from that number.
func Number(number string) error {
	switch number {
	case "Private", "Restricted", "Unavailable", "Anonymous":
		return nil
	}
	if e164.MatchString(number) || strings.HasPrefix(number, "sip:") && len(number) > len("sip:") {
		return nil
	}
	return fmt.Errorf("%q is no number: write it as +15551112222, or sip:ada@example.com", number)
}
