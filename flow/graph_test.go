package flow_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/internal/golden"
)

// drawn has all that is drawn in a way of its own.
const drawn = `
flow: drawn
vars: {tries: 0}
start: menu
on:
  gather: {target: menu, guard: 'event.digits == "#" && vars.tries < 3'}
  disconnect: {actions: [{set: {tries: "${vars.tries + 1}"}}]}
states:
  menu:
    initial: second
    on: {recordComplete: end, redirect: first}
    states:
      first: {bxml: [Gather], on: {gather: decide}}
      second:
        bxml: [Gather]
        on:
          gather:
            - guard: |
                event.digits matches "^[%\\\\:;]"
                || visits > 2
              target: decide
            - target: first
  decide: {always: [{guard: vars.tries > 1, target: menu}, {target: end}]}
  end: {type: final, bxml: [Hangup]}
`

// session has legs, timers and signals.
const session = `
flow: session
signals: {declined: {cause: string}}
outbound: {from: "+15551230000"}
start: {initiate: calling, transferAnswer: greeted, conferenceCreated: room}
on: {legEnded: {target: gone, guard: 'event.cause != ""', actions: [{createCall: {leg: agent, to: "+15551230001", target: asked}}]}}
states:
  calling:
    entry: [{createCall: {leg: agent, to: "+15551230001", target: asked}, guard: visits == 1}]
    bxml: [{Ring: {duration: 60}}]
    after: {20s: gone, "${visits}": [{guard: visits > 2, target: talking}]}
    on: {declined: {target: gone, guard: 'event.cause == "busy"'}, bridged: talking}
  talking: {on: {bridgeTargetComplete: {target: gone, actions: [{updateCall: {leg: agent, target: gone}}]}}}
  asked: {bxml: [Gather], on: {gather: {target: gone, actions: [{send: {to: parent, signal: declined}}]}}}
  greeted: {bxml: [{SpeakSentence: A call for you.}]}
  room: {on: {conferenceMemberJoin: {}}}
  gone: {type: final, bxml: [Hangup]}
`

func TestPictures(t *testing.T) {
	f := compile(t, drawn)
	golden.Compare(t, "testdata/graph/drawn.mmd", []byte(f.Mermaid()))
	golden.Compare(t, "testdata/graph/drawn.dot", []byte(f.DOT()))
	f = compile(t, session)
	golden.Compare(t, "testdata/graph/session.mmd", []byte(f.Mermaid()))
	golden.Compare(t, "testdata/graph/session.dot", []byte(f.DOT()))
}

// TestPicturesShowWhoIsInAState looks at the classes of the states of the SVG, from which their colours come.
func TestPicturesShowWhoIsInAState(t *testing.T) {
	svg, err := compile(t, session).SVG()
	if err != nil {
		t.Fatal(err)
	}
	for state, class := range map[string]string{
		"calling": "state initial", "talking": "state waiting", "asked": "state leg", "greeted": "state leg initial",
		"room": "state conference initial waiting", "gone": "state final", "any state": "state anywhere",
	} {
		if want := `<g class="` + class + `" data-state="` + state + `">`; !strings.Contains(svg, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if want := `data-from="calling" data-to="asked" data-event="createCall agent"><title>createCall agent [visits == 1]</title>`; !strings.Contains(svg, want) {
		t.Errorf("there is no %s", want)
	}
}

// TestGraphvizTakesWhatIsWritten needs the program dot, which `make deps` installs.
func TestGraphvizTakesWhatIsWritten(t *testing.T) {
	loaded, _, err := flow.Load(flow.Options{}, "testdata/good", "../flows")
	if err != nil {
		t.Fatal(err)
	}
	flows := append(loaded.Flows(), compile(t, drawn), compile(t, session))
	for _, f := range flows {
		dot := exec.Command("dot", "-Tsvg")
		dot.Stdin = strings.NewReader(f.DOT())
		var out, messages bytes.Buffer
		dot.Stdout, dot.Stderr = &out, &messages
		if err := dot.Run(); err != nil {
			t.Fatalf("%s: dot: %s (install Graphviz: make deps)\n%s", f.Name, err, &messages)
		}
		if !strings.Contains(out.String(), "</svg>") || strings.Contains(messages.String(), "Warning") && strings.Contains(messages.String(), "tail") {
			t.Errorf("%s: dot complains:\n%s", f.Name, &messages)
		}
		if got := strings.Count(out.String(), `class="edge"`); got == 0 {
			t.Errorf("%s: the picture has no edges", f.Name)
		}
	}
}
