package runtime_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

func TestRecordsAreKeptUntilTheirTimeHasPassed(t *testing.T) {
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC).Unix())
	shared := memory.New()
	b := start(t, runtime.Config{
		Flows: set(t, flow.Options{}, "retention: 2h\nexpiry: 5h\n"+menu[1:]), Store: shared,
		Clock: func() time.Time { return time.Unix(now.Load(), 0) },
	})
	kept := func(n int) bool {
		var r store.Record
		err := shared.Load(context.Background(), call(n), &r)
		return !errors.Is(err, store.ErrNotFound)
	}
	pass := func(d time.Duration) int {
		now.Add(int64(d / time.Second))
		return b.Sweep(context.Background())
	}
	b.post("/flows/menu", webhook("initiate", call(0))) // ends at once
	b.post("/flows/menu", webhook("disconnect", call(0)))
	b.post("/flows/menu", webhook("initiate", call(1))) // its end is never told
	b.post("/flows/menu", webhook("initiate", call(2))) // lives on
	if n := pass(2*time.Hour - time.Minute); n != 0 || !kept(0) {
		t.Errorf("%d records swept too early", n)
	}
	if n := pass(2 * time.Minute); n != 1 || kept(0) {
		t.Errorf("%d records swept when the retention was over", n)
	}
	b.post("/flows/menu", dtmf(call(2), 1))
	if n := pass(3 * time.Hour); n != 1 || kept(1) || !kept(2) {
		t.Errorf("%d records swept when the expiry was over", n)
	}
	if got := b.post("/flows/menu", gather(call(1), "1")).words(t); got != runtime.DefaultApology {
		t.Errorf("a call that was swept hears %q", got)
	}
}

func TestAnEngineSweepsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := memory.New()
		e, err := runtime.New(runtime.Config{Flows: set(t, flow.Options{}, "retention: 1h\n"+menu[1:]), Store: shared})
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{t: t, Engine: e, handler: e.Handler()}
		b.post("/flows/menu", webhook("initiate", callA))
		b.post("/flows/menu", webhook("disconnect", callA))
		time.Sleep(2 * time.Hour)
		var r store.Record
		if err := shared.Load(t.Context(), callA, &r); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the record is still there: %v", err)
		}
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// sweepless is a store that cannot look for what has expired.
type sweepless struct{ store.Store }

func (sweepless) Expired(context.Context, int64, int, func(string, uint64) error) error {
	panic("expired")
}

func TestAStoreThatPanicsIsNotSwept(t *testing.T) {
	b := start(t, runtime.Config{Flows: set(t, flow.Options{}, menu), Store: sweepless{memory.New()}})
	if n := b.Sweep(context.Background()); n != 0 {
		t.Errorf("%d records swept", n)
	}
	if got := b.post("/flows/menu", webhook("initiate", callA)); got.status != 200 {
		t.Errorf("status %d", got.status)
	}
}
