package expression

import (
	"fmt"
	"strings"
	"testing"
)

// drawn writes an outline: ==(event.digits "1").
func drawn(o *Outline, src string) string {
	words := map[Part]string{And: "and", Or: "or", Not: "not", Equal: "==", In: "in", Presence: "has", Other: "?"}
	var args []string
	for _, a := range o.Args {
		args = append(args, drawn(a, src))
	}
	for _, r := range o.Reads {
		args = append(args, r.Name)
	}
	for _, l := range o.Literals {
		args = append(args, fmt.Sprintf("%v", l.Value)+"<"+src[l.From:l.To]+">")
	}
	return words[o.Part] + "(" + strings.Join(args, " ") + ")"
}

func TestOutlines(t *testing.T) {
	scope := &Scope{Names: map[string]Name{
		"event.digits": {Type: String, Slot: 1}, "event.cause": {Type: String, Slot: 2}, "event.answered": {Type: Bool, Slot: 3}, "visits": {Type: Int, Slot: 4},
		"vars.m": {Type: Map, Slot: 5},
	}}
	tests := []struct{ src, want string }{
		{`event.digits == "1"`, `==(event.digits 1<"1">)`},
		{`"1" == event.digits`, `==(event.digits 1<"1">)`},
		{`event.digits != "1"`, `not(==(event.digits 1<"1">))`},
		{`event.cause in ["busy", "timeout"] && !event.answered`, `and(in(event.cause busy<"busy"> timeout<"timeout">) not(?(event.answered)))`},
		{`visits < 3 || has(event.cause)`, `or(?(visits) has(event.cause))`},
		{`event.digits == event.cause`, `?(event.digits event.cause)`},
		{`len(event.digits) > 2`, `?(event.digits)`},
		{`vars.m.a == "x"`, `?(vars.m)`},
		{`event.digits matches "^1"`, `?(event.digits)`},
		{`event.digits + "x" == "1x"`, `?(event.digits)`},
	}
	for _, tt := range tests {
		o := OutlineOf(tt.src, scope)
		if o == nil {
			t.Errorf("%s: no outline", tt.src)
			continue
		}
		if got := drawn(o, tt.src); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.src, got, tt.want)
		}
	}
	if o := OutlineOf("event.digits = 1", scope); o != nil {
		t.Errorf("a condition that does not compile has the outline %s", drawn(o, ""))
	}
}

func FuzzOutlineOf(f *testing.F) {
	for _, s := range []string{`event.digits == "1" || !(visits in [1, 2])`, `has(event.cause)`, `!!visits`, `a ? b : c`} {
		f.Add(s)
	}
	scope := &Scope{Names: map[string]Name{"event.digits": {Slot: 1}, "visits": {Type: Int, Slot: 2}, "event.cause": {Slot: 3}}}
	f.Fuzz(func(t *testing.T, src string) {
		o := OutlineOf(src, scope)
		if p, _ := Guard(src, scope); p != nil && o == nil {
			t.Errorf("%q compiles and has no outline", src)
		}
		if o != nil && (o.From < 0 || o.To > len(src) || o.From > o.To) {
			t.Errorf("%q: the outline lies at %d:%d", src, o.From, o.To)
		}
	})
}
