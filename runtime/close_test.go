package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

const posting = `
flow: posting
uses: {actions: {post: {with: {n: int}, effect: true}}}
start: {initiate: ask}
states:
  ask: {type: final, entry: [{post: {n: 1}}, {post: {n: 2}}], bxml: [Hangup]}
`

// poster counts the effects that were done; each takes some time.
func poster(done chan<- string, took time.Duration) runtime.Kit {
	return runtime.Kit{Actions: map[string]runtime.Action{"post": func(ctx context.Context, c runtime.ActionCall) (map[string]any, error) {
		select {
		case <-time.After(took):
			done <- fmt.Sprint(c.CallID, c.With["n"])
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}}
}

func TestCloseRunsTheEffectsThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls = 700 // more than workers, queue and one scan hold
		done := make(chan string, 2*calls)
		b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, posting), Kit: poster(done, time.Millisecond)})
		for i := range calls {
			b.post("/flows/posting", webhook("initiate", call(i)))
		}
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(done) != 2*calls {
			t.Errorf("%d effects were done, want %d", len(done), 2*calls)
		}
	})
}

func TestCloseEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := make(chan string, 8)
		b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, posting), Kit: poster(done, 5*time.Second)})
		b.post("/flows/posting", webhook("initiate", callA))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("close: %v", err)
		}
		time.Sleep(time.Minute)
		if len(done) != 1 { // the one that ran; none was begun afterwards
			t.Errorf("%d effects were done", len(done))
		}
	})
}

func TestCloseDoesNotWaitForAStoreThatIsBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &faults{Store: memory.New()}
		done := make(chan string, 1000)
		b := quiet(t, runtime.Config{Flows: set(t, flow.Options{}, posting), Store: f, Kit: poster(done, 0)})
		f.set(func(f *faults) {
			f.onSave = func(ctx context.Context, u *store.Update) (uint64, error) {
				if u.Version > 0 {
					return 0, errBroken
				}
				return f.Store.Save(ctx, u)
			}
		})
		b.post("/flows/posting", webhook("initiate", callA))
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestTracesTellHowLongAStepTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kit := crm(func(context.Context, runtime.ActionCall) (map[string]any, error) {
			time.Sleep(300 * time.Millisecond)
			return map[string]any{"name": "Ada"}, nil
		})
		b := start(t, runtime.Config{Flows: set(t, flow.Options{}, greeting), Kit: kit})
		b.post("/flows/greeting", webhook("initiate", callA))
		if got := b.last().Took; got != 300*time.Millisecond {
			t.Errorf("it took %s", got)
		}
	})
}
