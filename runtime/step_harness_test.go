package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

const (
	stepCall    = "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d"
	stepApology = `<?xml version="1.0" encoding="UTF-8"?><Response><SpeakSentence>Sorry.</SpeakSentence><Hangup/></Response>`
	stepHangup  = `<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>`
)

var stepClock = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// plainToken writes tokens that a test can read: machine~turn~verb~event.
func plainToken(dst []byte, c *token.Claims) []byte {
	dst = append(append(dst, c.Machine...), '~')
	dst = append(strconv.AppendUint(dst, uint64(c.Turn), 10), '~')
	dst = append(strconv.AppendUint(dst, uint64(c.Verb), 10), '~')
	return append(dst, c.Event...)
}

var plainTokens = regexp.MustCompile(`\?t=([^~"]+)~(\d+)~(\d+)~([A-Za-z]+)`)

// stepFlows is a set of flows by hash.
type stepFlows map[flow.Hash]*flow.Flow

func (f stepFlows) Version(h flow.Hash) *flow.Flow { return f[h] }

// compileFlows compiles sources. The first flow is the one that runs.
func compileFlows(tb testing.TB, o flow.Options, sources ...string) (*flow.Flow, stepFlows) {
	tb.Helper()
	var list []flow.Source
	for i, s := range sources {
		list = append(list, flow.Source{Path: fmt.Sprintf("%d.yaml", i), Text: []byte(s)})
	}
	set, problems := flow.Compile(o, list...)
	if problems.HasErrors() {
		tb.Fatalf("compile: %v", problems)
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(sources[0][strings.Index(sources[0], "flow: "):], "flow: "), "\n")
	flows := stepFlows{}
	for _, f := range set.Flows() {
		flows[f.Hash] = f
	}
	return set.Flow(name), flows
}

func newTestStepper(tb testing.TB, change func(*StepConfig)) *Stepper {
	tb.Helper()
	c := StepConfig{AppendToken: plainToken, Apology: []byte(stepApology), Hangup: []byte(stepHangup)}
	if change != nil {
		change(&c)
	}
	s, err := NewStepper(c)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// played is a call that a test plays: every step goes through Append and Decode and is done twice.
type played struct {
	tb      testing.TB
	stepper *Stepper
	flow    *flow.Flow
	flows   stepFlows
	m       Machine
	last    []byte
	clock   time.Time
	results []Result
	body    []byte        // of the last event
	token   *token.Claims // of the last event
}

func play(tb testing.TB, sources ...string) *played {
	tb.Helper()
	f, flows := compileFlows(tb, flow.Options{}, sources...)
	return &played{tb: tb, stepper: newTestStepper(tb, nil), flow: f, flows: flows, clock: stepClock}
}

// claims returns the token of the last document for an event, nil when there is none.
func (p *played) claims(name string) *token.Claims {
	for _, found := range plainTokens.FindAllStringSubmatch(string(p.last), -1) {
		if found[4] == name {
			turn, _ := strconv.Atoi(found[2])
			verb, _ := strconv.Atoi(found[3])
			return &token.Claims{Machine: found[1], Flow: p.flow.Name, Turn: uint32(turn), Verb: uint16(verb), Event: name}
		}
	}
	return nil
}

// send delivers an event of the call with the token that the last document has for it. Fields are "name=value".
func (p *played) send(name string, fields ...string) Outcome {
	p.tb.Helper()
	p.clock = p.clock.Add(time.Second)
	body := map[string]any{
		"eventType": name, "eventTime": p.clock.Format("2006-01-02T15:04:05.000Z"), "accountId": "9900000",
		"applicationId": "04e88489-df02-4e34-a0ee-27a91849555f", "callId": stepCall, "from": "+15551112222",
		"to": "+15553334444", "direction": "inbound", "startTime": "2026-11-20T12:00:00.123Z",
	}
	for _, f := range fields {
		key, value, _ := strings.Cut(f, "=")
		body[key] = value
	}
	p.body, _ = json.Marshal(body)
	p.token = p.claims(name)
	return p.deliver(p.token)
}

// deliver delivers the last event again, with a token.
func (p *played) deliver(c *token.Claims) Outcome {
	p.tb.Helper()
	var e event.Event
	if err := e.DecodeJSON(bytes.Clone(p.body)); err != nil {
		p.tb.Fatal(err)
	}
	return p.step(&Input{Event: &e, Token: c, Flow: p.flow, Now: p.clock, Results: p.results, Trace: true})
}

// step does one step twice, checks what always holds, and takes the outcome over.
func (p *played) step(in *Input) Outcome {
	p.tb.Helper()
	before := p.m.Append(nil)
	out, again := p.stepper.Step(&p.m, in), p.stepper.Step(&p.m, in)
	if diff := cmp.Diff(before, p.m.Append(nil)); diff != "" {
		p.tb.Fatalf("the step changed its input (-before +after):\n%s", diff)
	}
	if !bytes.Equal(out.Document, again.Document) || !bytes.Equal(out.Machine.Append(nil), again.Machine.Append(nil)) {
		p.tb.Fatalf("the same step gave two results:\n%s\n%s", out.Document, again.Document)
	}
	if out.Machine.Turn < p.m.Turn {
		p.tb.Fatalf("the turn fell from %d to %d", p.m.Turn, out.Machine.Turn)
	}
	if len(out.Document) > 0 {
		if _, err := bxml.Decode(out.Document); err != nil {
			p.tb.Fatalf("document: %v\n%s", err, out.Document)
		}
	}
	if out.Changed {
		p.take(out.Machine)
		if out.Kind == Document || out.Push {
			p.last = bytes.Clone(out.Document)
		}
	}
	return out
}

// take makes the machine that of the next step, by way of its record.
func (p *played) take(m *Machine) {
	p.tb.Helper()
	data := m.Append(nil)
	var back Machine
	if err := back.Decode(data, p.flows); err != nil {
		p.tb.Fatal(err)
	}
	if again := back.Append(nil); !bytes.Equal(data, again) || back.Call != m.Call {
		p.tb.Fatalf("the machine does not survive its record:\n%x\n%x", data, again)
	}
	p.m = back
}
