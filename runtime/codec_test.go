package runtime

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

const variablesFlow = `
flow: outer
params: {greeting: Hello}
vars: {count: 0, on: false, rate: 1.5, name: "", tags: [], data: {}, wait: {type: duration}, any: {type: any}}
start: {initiate: asking}
on:
  dtmf:
    actions:
      - set: {count: "${vars.count}", on: "${vars.on}", rate: "${vars.rate}", name: "${vars.name}"}
      - set: {tags: "${vars.tags}", data: "${vars.data}", wait: "${vars.wait}", any: "${vars.any}"}
states:
  asking: {invoke: {flow: collect, with: {length: 2}}, on: {done: thanks}, after: {20s: thanks, 1m: thanks}}
  thanks: {type: final, bxml: [{SpeakSentence: "${params.greeting}."}, Hangup]}
`

// randomMachine returns a machine with values of every kind, in the outer flow or in the sub-flow.
func randomMachine(r *rand.Rand, f *flow.Flow) *Machine {
	m := &Machine{
		Key: randomText(r), Flow: f.Name, Hash: f.Hash, Phase: Phase(r.IntN(3)), Turn: r.Uint32N(1000) + 1, Steps: r.Uint32(),
		LastEffect: r.Uint32N(9), Started: r.Int64N(1 << 42), Touched: r.Int64N(1 << 42),
	}
	m.AnswerTurn = m.Turn - r.Uint32N(2)
	for i := 0; m.Call.callField(i) != nil; i++ {
		*m.Call.callField(i) = randomText(r)
	}
	if r.IntN(2) == 0 {
		m.Key, m.Call.Root = m.Call.ID, m.Call.ID
	}
	m.Frames = append(m.Frames, randomFrame(r, f))
	if inner := f.States[0].Invoke; inner != nil && r.IntN(2) == 0 {
		m.Frames[0].State = f.States[0]
		m.Frames = append(m.Frames, randomFrame(r, inner.Flow))
		m.Frames[1].Params = randomValues(r, len(inner.Flow.Params))
	}
	for range r.IntN(5) {
		var k Key
		for i := range k.Hash {
			k.Hash[i] = byte(r.Uint32())
		}
		k.Turn = r.Uint32N(50)
		m.Keys = append(m.Keys, k)
	}
	for range r.IntN(3) {
		m.Effects = append(m.Effects, randomEffect(r))
		m.LastTimer = r.Uint32()
		m.Timers = append(m.Timers, Timer{ID: r.Uint32(), Due: r.Int64(), After: r.IntN(2)})
		m.Legs = append(m.Legs, randomLeg(r))
	}
	if r.IntN(2) == 0 {
		m.More = randomMore(r)
	}
	return m
}

func randomMore(r *rand.Rand) *More {
	m := &More{
		Maker: randomText(r), Keep: r.IntN(2) == 0, Target: randomText(r), Bridging: randomText(r), Conference: randomText(r),
		Name: randomText(r), Creator: randomText(r), Rings: uint16(r.IntN(2) * r.IntN(301)),
	}
	for range r.IntN(3) {
		m.Members = append(m.Members, randomText(r))
		m.With = map[string]any{"a": randomValue(r, 0)}
	}
	return m
}

func randomFrame(r *rand.Rand, f *flow.Flow) Frame {
	frame := Frame{Flow: f, Vars: randomValues(r, len(f.Vars))}
	if r.IntN(4) > 0 {
		frame.State = f.States[r.IntN(len(f.States))]
	}
	for i := range r.IntN(3) {
		frame.Visits = append(frame.Visits, Visit{State: i, Count: r.Uint32N(100)})
	}
	for range r.IntN(3) {
		frame.Saved = append(frame.Saved,
			Saved{flow.SlotOf(flow.RootEvent, int(event.FieldDigits)), randomValue(r, 0)},
			Saved{flow.SlotOf(flow.RootInternal, r.IntN(3)), randomValue(r, 0)})
	}
	return frame
}

func randomEffect(r *rand.Rand) Effect {
	e := Effect{ID: r.Uint32(), Turn: r.Uint32(), Attempts: uint8(r.IntN(4)), Next: r.Int64(), Request: Request{
		Kind: flow.ActionHTTP, Name: "http", Source: randomText(r), Method: "POST", URL: randomText(r), Timeout: time.Second,
		Headers: []Pair{{Name: "A", Value: randomText(r)}},
	}}
	if r.IntN(2) == 0 {
		e.Request.Body = []byte(`{"a":1}`)
		e.Request.Args = map[string]any{"text": randomValue(r, 0), "n": randomValue(r, 0)}
		e.Request.Query = []Pair{{Name: "key", Value: "Bearer ", Secret: "crm", After: "."}, {Name: "n", Value: "1"}}
	}
	switch r.IntN(4) {
	case 0:
		e.Request.Operation, e.Request.Target, e.Request.Last = opPush, randomText(r), r.IntN(2) == 0
	case 1:
		e.Request.Dial = randomDial(r)
	case 2:
		e.Request.Tell = &Tell{To: randomText(r), Event: InternalEvent{
			Name: "legEnded", Leg: legKey("c-1", 2), CallID: randomText(r), Cause: randomText(r), Answered: r.IntN(2) == 0,
			From: randomText(r), ID: r.Uint32(), Target: randomText(r), Bridged: r.IntN(2) == 0,
		}}
	}
	return e
}

func randomDial(r *rand.Rand) *Dial {
	d := &Dial{
		Machine: legKey("c-1", r.Uint32()), Name: "agent", Flow: "f", Hash: randomText(r), Target: randomText(r), To: randomText(r),
		From: randomText(r), Tag: randomText(r), CallTimeout: float64(r.IntN(600)) / 10, Keep: r.IntN(2) == 0,
	}
	if r.IntN(2) == 0 {
		d.Asked = time.UnixMilli(r.Int64N(1 << 42)).UTC()
		d.Vars, d.Params = map[string]any{"a": randomValue(r, 0)}, map[string]any{"b": 2}
		d.Detection = map[string]any{"mode": "async"}
	}
	return d
}

func randomValues(r *rand.Rand, n int) []any {
	var list []any
	for range n {
		list = append(list, randomValue(r, 0))
	}
	return list
}

func randomValue(r *rand.Rand, depth int) any {
	n := 11
	if depth > 3 {
		n = 8
	}
	switch r.IntN(n) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return r.IntN(300) - 20
	case 3:
		return int(r.Int64())
	case 4:
		return r.NormFloat64()
	case 5:
		return time.Duration(r.Int64N(1e12))
	case 6:
		return time.Unix(r.Int64N(1<<33), r.Int64N(1e9)).UTC()
	case 8:
		list := make([]any, r.IntN(4))
		for i := range list {
			list[i] = randomValue(r, depth+1)
		}
		return list
	case 9:
		m := map[string]any{}
		for range r.IntN(4) {
			m[randomText(r)] = randomValue(r, depth+1)
		}
		return m
	case 10:
		return []any(nil)
	}
	return randomText(r)
}

// randomText returns texts that are packed, those that look so, and others.
func randomText(r *rand.Rand) string {
	samples := []string{
		"", "x", "1", "inbound", "hangup", stepCall, strings.ToUpper(stepCall), stepCall[:46] + "g", stepCall[2:], stepCall[11:],
		"04e88489-df02-4e34-a0ee-27a91849555f", "04E88489-df02-4e34-a0ee-27a91849555f", "+15551112222", "+0155511122", "5551112222",
		"01234567", "999999999999999999", "+999999999999999999", "+9999999999999999999", "99999", "9999", "2026-11-20T12:00:00.123Z",
		"2026-11-20T12:00:00Z", "2026-13-20T12:00:00Z", "1969-11-20T12:00:00Z", "2026-11-20T12:00:00.12Z", "sip:a@b.c", "Anonymous",
		"\xff\x00", "ключ", strings.Repeat("long ", 60),
	}
	return samples[r.IntN(len(samples))]
}

func TestAMachineSurvivesItsRecord(t *testing.T) {
	f, flows := compileFlows(t, flow.Options{}, variablesFlow, collectFlow)
	r := rand.New(rand.NewPCG(1, 2))
	var back, copied Machine // used again and again
	opts := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Machine{}), cmp.Comparer(func(a, b *flow.Flow) bool { return a == b }),
		cmp.Comparer(func(a, b *flow.State) bool { return a == b })}
	for i := range 500 {
		m := randomMachine(r, f)
		data := m.Append(nil)
		if err := back.Decode(data, flows); err != nil {
			t.Fatalf("machine %d: %v", i, err)
		}
		if diff := cmp.Diff(m, &back, opts); diff != "" {
			t.Fatalf("machine %d (-before +after):\n%s", i, diff)
		}
		copied.CopyFrom(&back)
		if diff := cmp.Diff(data, copied.Append(nil)); diff != "" {
			t.Fatalf("copy %d (-before +after):\n%s", i, diff)
		}
	}
}

func TestWhatIsNoRecordIsRefused(t *testing.T) {
	f, flows := compileFlows(t, flow.Options{}, variablesFlow, collectFlow)
	good := randomMachine(rand.New(rand.NewPCG(3, 4)), f).Append(nil)
	tests := []struct {
		sentence string
		data     []byte
		flows    stepFlows
		want     error
	}{
		{"nothing", nil, flows, ErrCorrupt},
		{"a newer format", append([]byte{codecFormat + 1}, good[1:]...), flows, ErrFormat},
		{"a flow that is not there", good, stepFlows{}, ErrVersion},
		{"a piece", good[:len(good)-1], flows, ErrCorrupt},
		{"more than a record", append(slices.Clone(good), 0), flows, ErrCorrupt},
		{"an unknown phase", wrongPhase(good), flows, ErrCorrupt},
		{"a timer of no state", wrongTimer(f), flows, ErrCorrupt},
		{"a timer of no frame", wrongFrame(f), flows, ErrCorrupt},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			var m Machine
			if err := m.Decode(test.data, test.flows); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if !m.New() || len(m.Frames) != 0 {
				t.Errorf("a machine was left: %+v", m)
			}
		})
	}
}

func TestARecordIsSmall(t *testing.T) {
	p := play(t, `
flow: front-desk
vars: {tries: 0, sum: 0, digits: "", name: ""}
start: {initiate: menu}
states:
  menu:
    bxml: [{Gather: {maxDigits: 4, nested: [{SpeakSentence: "Hello ${vars.name} ${vars.digits} ${vars.sum}"}]}}]
    on:
      gather:
        - {guard: visits < 9, target: menu, actions: [{set: {tries: "${vars.tries + 1}", sum: "${vars.sum + 300}", digits: "${event.digits}", name: "Ada"}}]}
        - target: bye
  bye: {type: final, bxml: [{SpeakSentence: "Bye ${vars.tries}."}, Hangup]}
`)
	p.send("initiate")
	for _, digits := range []string{"1234", "5678", "9012"} {
		p.send("gather", "digits="+digits, "answerTime=2026-11-20T12:00:02.456Z")
	}
	size := len(p.m.Append(nil))
	t.Logf("%d bytes", size)
	if p.m.Turn != 4 || size > 230 {
		t.Errorf("a machine of four events takes %d bytes, want at most 230", size)
	}
}

func TestOnlyTheLatestEventsAreRemembered(t *testing.T) {
	var m Machine
	for i := range MaxKeys + 3 {
		m.take(Key{Hash: [16]byte{byte(i), byte(i >> 8)}, Turn: uint32(i)})
	}
	if len(m.Keys) != MaxKeys || m.taken([16]byte{2}) != nil || m.taken([16]byte{3}) == nil {
		t.Errorf("%d keys, the first of turn %d", len(m.Keys), m.Keys[0].Turn)
	}
}

func FuzzDecode(f *testing.F) {
	fl, flows := compileFlows(f, flow.Options{}, variablesFlow, collectFlow)
	r := rand.New(rand.NewPCG(5, 6))
	for range 8 {
		f.Add(randomMachine(r, fl).Append(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// A record found by chance names no flow: give it ours.
		if len(data) >= 18 {
			data = slices.Clone(data)
			copy(data[2:18], fl.Hash[:])
		}
		var m, back Machine
		if m.Decode(data, flows) != nil {
			return
		}
		again := m.Append(nil)
		if err := back.Decode(again, flows); err != nil {
			t.Fatalf("what was read cannot be written and read again: %v", err)
		}
		if diff := cmp.Diff(again, back.Append(nil)); diff != "" {
			t.Errorf("records differ (-first +second):\n%s", diff)
		}
	})
}

// wrongPhase returns a record whose phase, which stands behind the head, is none.
func wrongPhase(good []byte) []byte {
	bad := append([]byte(nil), good...)
	d := decoder{data: bad[1:]}
	d.head(new(Machine))
	bad[len(bad)-len(d.data)] = 9
	return bad
}

func randomLeg(r *rand.Rand) Leg {
	return Leg{
		Name: "agent", Key: legKey(stepCall, r.Uint32()), CallID: randomText(r), To: randomText(r), Cause: randomText(r),
		Answered: r.IntN(2) == 0, Ended: r.IntN(2) == 0,
	}
}

func wrongTimer(f *flow.Flow) []byte {
	m := randomMachine(rand.New(rand.NewPCG(7, 8)), f)
	m.Timers = []Timer{{ID: 1, After: 9}}
	return m.Append(nil)
}

func wrongFrame(f *flow.Flow) []byte {
	m := randomMachine(rand.New(rand.NewPCG(7, 8)), f)
	m.Timers = []Timer{{ID: 1, Frame: 9}}
	return m.Append(nil)
}
