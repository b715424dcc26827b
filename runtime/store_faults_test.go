package runtime_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

var errBroken = errors.New("store broken")

func TestAnAnswerIsSavedBeforeItIsGiven(t *testing.T) {
	f := &faults{Store: memory.New()}
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Store: f})
	got := b.post("/flows/menu", webhook("initiate", callA))
	var saved store.Record
	if err := f.Store.Load(context.Background(), callA, &saved); err != nil || string(saved.Answer) != got.body {
		t.Errorf("saved %q, answered %q, %v", saved.Answer, got.body, err)
	}
	f.set(func(f *faults) {
		f.onSave = func(context.Context, *store.Update) (uint64, error) { return 0, errBroken }
	})
	target := got.url(t, "/flows/menu", "gatherUrl")
	if got := b.post(target, gather(callA, "1")); got.words(t) != runtime.DefaultApology {
		t.Errorf("what could not be saved was said: %s", got.body)
	}
	if got := b.post("/flows/menu", webhook("disconnect", callA)); got.status != http.StatusNoContent || got.body != "" {
		t.Errorf("disconnect: status %d, %s", got.status, got.body)
	}
	f.set(func(f *faults) { f.onSave = nil })
	if got := b.post(target, gather(callA, "1")); got.words(t) != "One." {
		t.Errorf("when the store is back the caller hears %q", got.words(t))
	}
	if !strings.Contains(b.log.String(), errBroken.Error()) {
		t.Error("the log does not say what is wrong")
	}
}

func TestAStoreThatCannotBeReadIsApologisedFor(t *testing.T) {
	f := &faults{Store: memory.New()}
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Store: f})
	target := b.post("/flows/menu", webhook("initiate", callA)).url(t, "/flows/menu", "gatherUrl")
	f.set(func(f *faults) { f.onLoad = func(context.Context) error { return errBroken } })
	if got := b.post(target, gather(callA, "1")); got.words(t) != runtime.DefaultApology {
		t.Errorf("the caller hears %q", got.words(t))
	}
	if got := b.post(target, dtmf(callA, 1)); got.status != http.StatusForbidden && got.status != http.StatusNoContent {
		t.Errorf("dtmf: status %d", got.status)
	}
	f.set(func(f *faults) { f.onLoad = nil })
	if got := b.post(target, gather(callA, "1")); got.words(t) != "One." {
		t.Errorf("when the store is back the caller hears %q", got.words(t))
	}
}

// TestAStoreThatSavesAndThenFails is the time-out after the write: the step was taken, and must not be taken again.
func TestAStoreThatSavesAndThenFails(t *testing.T) {
	for _, failure := range []error{errBroken, store.ErrConflict} {
		t.Run(failure.Error(), func(t *testing.T) {
			f := &faults{Store: memory.New()}
			f.onSave = func(ctx context.Context, u *store.Update) (uint64, error) {
				if _, err := f.Store.Save(ctx, u); err != nil {
					return 0, err
				}
				return 0, failure
			}
			b := start(t, runtime.Config{Flows: set(t, flow.Options{}, counter), Store: f})
			first := b.post("/flows/counter", webhook("initiate", callA))
			b.post(first.url(t, "/flows/counter", "dtmfUrl"), dtmf(callA, 1))
			second := b.post(first.url(t, "/flows/counter", "gatherUrl"), gather(callA, "1"))
			if got := second.words(t); got != "1 keys, asked 1." {
				t.Errorf("the caller hears %q", got)
			}
			if f.written != 3 {
				t.Errorf("%d saves, want one for each webhook", f.written)
			}
			f.set(func(f *faults) { f.onSave = nil })
			if again := b.post(first.url(t, "/flows/counter", "gatherUrl"), gather(callA, "1")); again.body != second.body {
				t.Errorf("again: %s\nfirst: %s", again.body, second.body)
			}
		})
	}
}

func TestAStoreThatLosesEveryRaceIsGivenUp(t *testing.T) {
	f := &faults{Store: memory.New()}
	f.onSave = func(context.Context, *store.Update) (uint64, error) { return 0, store.ErrConflict }
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Store: f})
	if got := b.post("/flows/menu", webhook("initiate", callA)); got.words(t) != runtime.DefaultApology {
		t.Errorf("the caller hears %q", got.words(t))
	}
	if f.written > 20 {
		t.Errorf("%d attempts to save", f.written)
	}
}

func TestAStoreThatPanics(t *testing.T) {
	f := &faults{Store: memory.New()}
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Store: f})
	target := b.post("/flows/menu", webhook("initiate", callA)).url(t, "/flows/menu", "gatherUrl")
	f.set(func(f *faults) { f.onLoad = func(context.Context) error { panic("load") } })
	if got := b.post(target, gather(callA, "1")); got.words(t) != runtime.DefaultApology {
		t.Errorf("the caller hears %q", got.words(t))
	}
	f.set(func(f *faults) {
		f.onLoad, f.onSave = nil, func(context.Context, *store.Update) (uint64, error) { panic("save") }
	})
	if got := b.post(target, gather(callA, "1")); got.words(t) != runtime.DefaultApology {
		t.Errorf("the caller hears %q", got.words(t))
	}
	f.set(func(f *faults) { f.onSave = nil })
	if got := b.post(target, gather(callA, "1")); got.words(t) != "One." {
		t.Errorf("afterwards the caller hears %q", got.words(t))
	}
}

func TestAStoreThatPanicsDoesNotStopBackgroundWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, done := &faults{Store: memory.New()}, make(chan string, 1)
		f.onDue = func() error { panic("due") }
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, notifying), Store: f, Kit: runtime.Kit{Actions: map[string]runtime.Action{
			"notify": func(_ context.Context, c runtime.ActionCall) (map[string]any, error) { done <- c.Key; return nil, nil },
		}}})
		synctest.Wait() // the first look for effects has failed
		saves := f.Store.Save
		f.set(func(f *faults) {
			f.onSave = func(ctx context.Context, u *store.Update) (uint64, error) {
				f.onLoad = func(context.Context) error { panic("load") }
				return saves(ctx, u)
			}
		})
		b.post("/flows/notifying", webhook("initiate", callA))
		time.Sleep(3 * time.Second)
		select {
		case key := <-done:
			t.Errorf("%s ran without its record", key)
		default:
		}
		f.set(func(f *faults) { f.onDue, f.onLoad, f.onSave = nil, nil, nil })
		if key := <-done; key != callA+":1" {
			t.Errorf("key %q", key)
		}
	})
}

// TestAStoreMayMakeContextsOfItsOwn holds contexts made of the webhook's for longer than it is answered, as stores do that
// speak over a network.
func TestAStoreMayMakeContextsOfItsOwn(t *testing.T) {
	kept := make(chan context.Context, 4096)
	f := &faults{Store: memory.New()}
	f.onLoad = func(ctx context.Context) error {
		short, cancel := context.WithTimeout(context.WithValue(ctx, http.ServerContextKey, t), time.Minute)
		time.AfterFunc(time.Millisecond, cancel)
		kept <- short
		return ctx.Err()
	}
	b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, counter), Store: f})
	each(8, func(n int) {
		at := b.post("/flows/counter", webhook("initiate", call(n)))
		for range 100 {
			at = b.post(at.url(t, "/flows/counter", "gatherUrl"), gather(call(n), "1"))
		}
		if got := at.words(t); got != "0 keys, asked 100." {
			t.Errorf("the caller hears %q", got)
		}
	})
	close(kept)
	for ctx := range kept {
		<-ctx.Done()
		if ctx.Err() == nil || ctx.Value(http.ServerContextKey) != t {
			t.Fatal("a context was changed after it was given away")
		}
	}
}

func TestAStoreThatHangsCostsTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &faults{Store: memory.New()}
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Store: f, Deadline: time.Second})
		f.set(func(f *faults) { f.onLoad = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() } })
		if got := b.post("/flows/menu", webhook("initiate", callA)); got.words(t) != runtime.DefaultApology {
			t.Errorf("the caller hears %q", got.words(t))
		}
	})
}
