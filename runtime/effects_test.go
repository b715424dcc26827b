package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

const notifying = `
flow: notifying
uses: {actions: {notify: {with: {text: string}, effect: true}}}
vars: {failed: ""}
start: {initiate: ask}
on:
  error: {actions: [{set: {failed: "${event.reason} in ${event.source}"}}, {log: "given up, ${event.reason}"}]}
  dtmf: {actions: [{notify: {text: "${event.digit}"}}]}
states:
  ask:
    entry: [{notify: {text: first}}, {notify: {text: second}}]
    bxml: [{StartGather: {}}, {Gather: {maxDigits: 1, nested: [{SpeakSentence: "Failed ${vars.failed}."}]}}]
    on: {gather: [{guard: event.digits == "9", target: bye}, {}]}
  bye: {type: final, bxml: [Hangup]}
`

// notices collects what the action notify was called with.
type notices struct {
	mu   sync.Mutex
	list []string
	fail func(key string, attempt int) error
}

func (n *notices) notify(_ context.Context, c runtime.ActionCall) (map[string]any, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, fmt.Sprintf("%s %v", strings.TrimPrefix(c.Key, c.CallID), c.With["text"]))
	if n.fail == nil {
		return nil, nil
	}
	attempt := 0
	for _, line := range n.list {
		if line == n.list[len(n.list)-1] {
			attempt++
		}
	}
	return nil, n.fail(c.Key, attempt)
}

func (n *notices) kit() runtime.Kit {
	return runtime.Kit{Actions: map[string]runtime.Action{"notify": n.notify}}
}

func (n *notices) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.list)
}

func TestEffectsRunInOrderAfterTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notices{}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, notifying), Kit: n.kit()})
		events := b.post("/flows/notifying", webhook("initiate", callA)).url(t, "/flows/notifying", "dtmfUrl")
		b.post("/flows/notifying", webhook("initiate", callA)) // a duplicate makes no effects
		for i := range 5 {
			b.post(events, strings.Replace(dtmf(callA, i), `"digit":"1"`, fmt.Sprintf(`"digit":"%d"`, i), 1))
		}
		time.Sleep(time.Minute)
		want := []string{":1 first", ":2 second", ":3 0", ":4 1", ":5 2", ":6 3", ":7 4"}
		if diff := cmp.Diff(want, n.all()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAnEffectThatFailsIsTriedAgainWithTheSameKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notices{fail: func(key string, attempt int) error {
			if strings.HasSuffix(key, ":1") && attempt == 1 {
				return errors.New("not now")
			}
			if strings.HasSuffix(key, ":2") && attempt < 3 {
				panic("not now")
			}
			return nil
		}}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, notifying), Kit: n.kit()})
		target := b.post("/flows/notifying", webhook("initiate", callA)).url(t, "/flows/notifying", "gatherUrl")
		time.Sleep(time.Minute)
		want := []string{":1 first", ":1 first", ":2 second", ":2 second", ":2 second"}
		if diff := cmp.Diff(want, n.all()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := b.post(target, gather(callA, "1")).words(t); got != "Failed ." {
			t.Errorf("the caller hears %q", got)
		}
	})
}

func TestAnEffectThatIsGivenUpIsAnErrorOfTheFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notices{fail: func(key string, _ int) error {
			if strings.HasSuffix(key, ":1") {
				return errors.New("never")
			}
			return nil
		}}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, notifying), Kit: n.kit()})
		target := b.post("/flows/notifying", webhook("initiate", callA)).url(t, "/flows/notifying", "gatherUrl")
		time.Sleep(time.Minute)
		want := []string{":1 first", ":1 first", ":1 first", ":2 second"}
		if diff := cmp.Diff(want, n.all()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := b.post(target, gather(callA, "1")).words(t); !strings.HasPrefix(got, "Failed effect in ask") {
			t.Errorf("the caller hears %q", got)
		}
		if !strings.Contains(b.log.String(), "given up, effect") {
			t.Errorf("the handler did not log: %s", b.log)
		}
	})
}

func TestAnEffectOfACallThatHasEndedIsGivenUpQuietly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &notices{fail: func(string, int) error { return errors.New("never") }}
		f := &faults{Store: memory.New()}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, notifying), Store: f, Kit: n.kit()})
		b.post("/flows/notifying", webhook("initiate", callA))
		b.post("/flows/notifying", webhook("disconnect", callA))
		time.Sleep(time.Minute)
		if len(n.all()) != 6 || b.last().Phase != "ended" {
			t.Errorf("%v, phase %q", n.all(), b.last().Phase)
		}
		var left store.Record
		if err := f.Store.Load(t.Context(), callA, &left); err != nil || left.Pending || left.Due != 0 {
			t.Errorf("effects are left: %v, due %d, pending %t", err, left.Due, left.Pending)
		}
	})
}

func TestAnotherEngineTakesOverTheEffects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared, n := memory.New(), &notices{fail: func(string, int) error { return errors.New("first engine") }}
		flows := set(t, flow.Options{}, notifying)
		one := start(t, runtime.Config{Flows: flows, Store: shared, Kit: n.kit()})
		one.post("/flows/notifying", webhook("initiate", callA))
		synctest.Wait() // tried once
		if err := one.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		m := &notices{}
		start(t, runtime.Config{Flows: flows, Store: shared, Kit: m.kit()})
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{":1 first"}, n.all()); diff != "" {
			t.Errorf("the first engine (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{":1 first", ":2 second"}, m.all()); diff != "" {
			t.Errorf("the second engine (-want +got):\n%s", diff)
		}
	})
}

func TestAnEffectWhoseEndCannotBeSavedRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, n := &faults{Store: memory.New()}, &notices{}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, notifying), Store: f, Kit: n.kit()})
		broken := 0
		f.set(func(f *faults) {
			f.onSave = func(ctx context.Context, u *store.Update) (uint64, error) {
				if u.Version > 0 && broken < 16 {
					broken++
					return 0, errBroken
				}
				return f.Store.Save(ctx, u)
			}
		})
		b.post("/flows/notifying", webhook("initiate", callA))
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{":1 first", ":1 first", ":2 second"}, n.all()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
