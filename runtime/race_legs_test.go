package runtime_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// play is one course of a call with an agent, chosen by a seed: who does what when, what the carrier loses, and what it says
// twice.
type play struct {
	*stage
	t       *testing.T
	r       *rand.Rand
	seed    uint64
	answers map[string]string // what a webhook was answered with
	posted  []posted
	next    []posted // webhooks that are under way
}

// posted is a webhook.
type posted struct {
	target, body string
}

// deliver sends a webhook, sometimes twice, and checks that the same one gets the same answer: the bytes of then, or, when those
// of two documents came since, the current document.
func (p *play) deliver(w posted) string {
	p.t.Helper()
	var body string
	for i := range 1 + p.r.IntN(2) {
		got := p.post(w.target, w.body)
		if got.status != http.StatusOK && got.status != http.StatusNoContent {
			p.t.Fatalf("seed %d: status %d for %s", p.seed, got.status, w.body)
		}
		id := w.target + w.body
		if before, again := p.answers[id]; again && before != got.body && (i > 0 || !p.current(got.body)) {
			p.t.Fatalf("seed %d: the same webhook gets\n%s\n%s\n%s", p.seed, before, got.body, w.body)
		}
		p.answers[id] = got.body
		body = got.body
	}
	p.posted = append(p.posted, w)
	return body
}

// current reports whether a document is the last one that was handed out to one of the calls.
func (p *play) current(document string) bool {
	names := []string{callA}
	for _, m := range p.carrier.made {
		names = append(names, m.id)
	}
	for _, name := range names {
		var r store.Record
		if p.store.Load(context.Background(), name, &r) == nil && string(r.Answer) == document {
			return true
		}
	}
	return strings.HasSuffix(document, "<Response><Hangup/></Response>")
}

// work lets the engine do some of what is due.
func (p *play) work() {
	for range p.r.IntN(4) {
		key := ""
		if err := p.store.Due(context.Background(), p.clock.Now().UnixMilli(), 10, func(k string) error {
			if key == "" || p.r.IntN(2) == 0 {
				key = strings.Clone(k)
			}
			return nil
		}); err != nil {
			p.t.Fatal(err)
		}
		if key == "" {
			return
		}
		if err := runtime.RunDue(p.Engine, key); err != nil {
			p.t.Fatalf("seed %d: %v", p.seed, err)
		}
	}
}

func TestCallsWithAnAgentInAnyOrder(t *testing.T) {
	for seed := range uint64(200) {
		p := &play{stage: newStage(t, nil, frontDesk), t: t, r: rand.New(rand.NewPCG(seed, 7)), seed: seed, answers: map[string]string{}}
		p.run()
		p.check()
	}
}

// run plays the call to its end.
func (p *play) run() {
	p.script()
	first := p.deliver(posted{target: desk, body: webhook("initiate", callA)})
	ring := p.deliver(posted{target: p.of(first, desk, "gatherUrl"), body: gather(callA, "1")})
	p.next = []posted{
		{target: p.of(ring, desk, "redirectUrl"), body: webhook("redirect", callA)},
		{target: desk, body: webhook("disconnect", callA, `"cause":"hangup"`)},
	}
	legs := 0
	for range 40 {
		p.work()
		if p.r.IntN(3) == 0 {
			p.clock.add(time.Duration(p.r.IntN(3000)) * time.Millisecond)
		}
		if made := len(p.carrier.made); made > legs {
			p.leg(p.carrier.made[legs])
			legs++
		}
		if len(p.posted) > 0 && p.r.IntN(4) == 0 { // the carrier sends an old one again
			p.deliver(p.posted[p.r.IntN(len(p.posted))])
		}
		if len(p.next) > 0 && p.r.IntN(3) == 0 {
			p.send(p.r.IntN(len(p.next)))
		}
	}
	for range 4 { // whatever was left comes in the end
		p.pass(2 * time.Minute)
		if made := len(p.carrier.made); made > legs {
			p.leg(p.carrier.made[legs])
			legs++
		}
		for len(p.next) > 0 {
			p.send(0)
		}
	}
	p.pass(10 * time.Minute)
}

// script chooses what the carrier does about the call of the agent.
func (p *play) script() {
	switch p.r.IntN(5) {
	case 0:
		p.carrier.lost = true
		p.carrier.script("createCall", cutOff())
	case 1:
		p.carrier.script("createCall", cutOff())
	case 2:
		p.carrier.script("createCall", refused(429, "Retry-After: 2"))
	case 3:
		p.carrier.created = func(string) { p.leg(p.carrier.made[0]) }
	}
	if p.r.IntN(4) == 0 {
		p.carrier.script("updateCallBxml", []error{refused(404), refused(409), refused(500), cutOff()}[p.r.IntN(4)])
	}
}

// leg puts what happens to the agent's phone under way.
func (p *play) leg(m *made) {
	if p.seenLeg(m) {
		return
	}
	if p.r.IntN(3) > 0 {
		p.next = append(p.next, posted{target: m.url(p.t, "answer"), body: legEvent("answer", m.id)})
	}
	p.next = append(p.next, posted{
		target: m.url(p.t, "disconnect"), body: legEvent("disconnect", m.id, fmt.Sprintf(`"cause":%q`, []string{"busy", "hangup", "timeout"}[p.r.IntN(3)])),
	})
}

func (p *play) seenLeg(m *made) bool {
	for _, w := range append(append([]posted{}, p.next...), p.posted...) {
		if w.target == m.url(p.t, "disconnect") {
			return true
		}
	}
	return false
}

// send delivers a webhook that is under way, and puts under way what its answer leads to.
func (p *play) send(i int) {
	w := p.next[i]
	p.next = append(p.next[:i:i], p.next[i+1:]...)
	body := p.deliver(w)
	callID := callA
	if len(p.carrier.made) > 0 && strings.Contains(w.body, p.carrier.made[0].id) {
		callID = p.carrier.made[0].id
	}
	switch {
	case strings.Contains(body, "Press 1 to accept"):
		p.next = append(p.next, posted{target: p.of(body, desk, "gatherUrl"), body: gather(callID, []string{"1", "2"}[p.r.IntN(2)])})
	case strings.Contains(body, "<Bridge"):
		target := posted{target: p.of(body, desk, "bridgeCompleteUrl"), body: legEvent("bridgeComplete", callID, `"cause":"rejected"`)}
		if p.r.IntN(2) == 0 {
			target = posted{target: p.of(body, desk, "bridgeTargetCompleteUrl"), body: webhook("bridgeTargetComplete", callA)}
		}
		p.next = append(p.next, target)
	}
}

// check holds what must be true of every course.
func (p *play) check() {
	p.t.Helper()
	made := p.carrier.did("createCall")
	if most := map[bool]int{true: 2, false: 1}[p.refusedOnce()]; len(made) > most {
		p.t.Errorf("seed %d: dialled %d times", p.seed, len(made))
	}
	if len(p.carrier.made) > 1 {
		p.t.Errorf("seed %d: %d calls exist", p.seed, len(p.carrier.made))
	}
	caller := p.machine(callA)
	for _, l := range caller.Legs {
		m := p.machine(l.Key)
		if m.Phase != runtime.Ended || !l.Ended {
			p.t.Errorf("seed %d: the leg is %s, the maker knows %+v", p.seed, m.Phase, l)
		}
		if len(m.Effects) != 0 {
			p.t.Errorf("seed %d: the leg has %d effects left", p.seed, len(m.Effects))
		}
	}
	for _, m := range p.carrier.made {
		owner, err := p.Machine(context.Background(), m.id)
		if err != nil || owner.Key != caller.Legs[0].Key {
			p.t.Errorf("seed %d: call %s has no owner: %v\n%v\n%+v\n%s", p.seed, m.id, err, p.carrier.log, caller.Legs, p.log)
		}
	}
	if caller.Phase != runtime.Ended || len(caller.Effects) != 0 || len(caller.Timers) != 0 {
		p.t.Errorf("seed %d: the caller is %s, %d effects are left\n%s", p.seed, caller.Phase, len(caller.Effects), p.log)
	}
	if at, more := p.Next(context.Background()); more {
		p.t.Errorf("seed %d: something is to be done at %s", p.seed, at)
	}
}

// refusedOnce reports whether the carrier was scripted to take the call on only later.
func (p *play) refusedOnce() bool {
	return strings.Count(strings.Join(p.carrier.did("createCall"), " "), agent) == 2 && len(p.carrier.did("listCalls")) == 0
}

func TestManyCallsWithAgentsAtTheSameTime(t *testing.T) {
	const calls = 40
	b := &stage{carrier: &carrier{clock: &clock{now: stageTime}}}
	b.bench = start(t, runtime.Config{
		Flows: set(t, flow.Options{}, frontDesk), PublicURL: "https://voice.example.com", Carrier: b.carrier, ApplicationID: "app",
	})
	b.carrier.created = func(id string) {
		b.carrier.mu.Lock()
		m := b.carrier.made[slices.IndexFunc(b.carrier.made, func(m *made) bool { return m.id == id })]
		b.carrier.mu.Unlock()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { b.post(m.url(t, "answer"), legEvent("answer", id)) })
		}
		all.Go(func() { b.post(m.url(t, "disconnect"), legEvent("disconnect", id, `"cause":"hangup"`)) })
		all.Wait()
	}
	each(calls, func(i int) {
		first := b.post(desk, webhook("initiate", call(i)))
		ring := b.post(first.url(t, desk, "gatherUrl"), gather(call(i), "1"))
		each(3, func(n int) {
			if n == 0 {
				b.post(desk, webhook("disconnect", call(i), `"cause":"hangup"`))
			} else if got := b.post(ring.url(t, desk, "redirectUrl"), webhook("redirect", call(i))); got.status != http.StatusOK {
				t.Errorf("redirect: status %d", got.status)
			}
		})
	})
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if made := len(b.carrier.did("createCall")); made > calls {
		t.Errorf("dialled %d times for %d calls", made, calls)
	}
	for _, m := range b.carrier.made {
		leg := b.machine(m.id)
		if maker := b.machine(leg.More.Maker); len(maker.Legs) != 1 || maker.Legs[0].CallID != m.id {
			t.Errorf("the call %s is not that of its maker: %+v", m.id, maker.Legs)
		}
	}
}
