package phone

import (
	"strings"
	"testing"
	"time"
)

func TestLinesAreUnderstood(t *testing.T) {
	tests := map[string]command{
		"":                     {},
		"  # a comment":        {},
		"#":                    {},
		"press 1 2 #":          {word: "press", text: "12#"},
		"press #":              {word: "press", text: "#"},
		"agent: press 1":       {word: "press", leg: "agent", text: "1"},
		`say "hello: there"`:   {word: "say", text: "hello: there"},
		"say time: three":      {word: "say", text: "time: three"},
		"answer agent":         {word: "answer", leg: "agent"},
		"pickUp":               {word: "answer"},
		"agent: busy":          {word: "busy", leg: "agent"},
		"+15550001111: refuse": {word: "refuse", leg: "+15550001111"},
		"silence 10s":          {word: "wait", wait: 10 * time.Second},
		"call +1 +2":           {word: "call", text: "+1 +2"},
		"signal free desk=3":   {word: "signal", text: "free desk=3"},
		"quit":                 {word: "quit"},
	}
	for line, want := range tests {
		if got, err := parse(line); err != nil || got != want {
			t.Errorf("%q is %+v, %v", line, got, err)
		}
	}
	for line, want := range map[string]string{
		"prss 1": `did you mean "press"?`, "xyzzy": "they are press, say", "press": "needs keys", "signal": "needs the name", "say": "needs words", "wait": "no duration",
		"wait -1s": "no duration", "legs all": "takes nothing", "hangup a b": "one leg", "a: hangup b": "not both", "call 1 2 3": "two numbers",
	} {
		if got, err := parse(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %+v, %v, want %q", line, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, line := range []string{"press 1", "agent: say hello", "wait 10s", "call +1 +2", ": :", "# x"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := parse(line)
		if err != nil || c.word == "" {
			return
		}
		if _, err := lookup(c.word); err != nil {
			t.Errorf("%q is the word %q, which does not exist", line, c.word)
		}
		if c.wait < 0 {
			t.Errorf("%q waits %s", line, c.wait)
		}
	})
}
