package runtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// call returns the n-th callId.
func call(n int) string { return fmt.Sprintf("c-%08x-1a31c52e-b38f-4198-93c1-51633ec68f8d", n) }

// webhook returns an event of a call. More holds further members: `"digits":"1"`.
func webhook(name, callID string, more ...string) string {
	fields := append([]string{
		`"eventType":"` + name + `"`, `"eventTime":"2026-11-20T10:00:05.000Z"`, `"accountId":"55555555"`,
		`"applicationId":"7fc9698a-b04a-468b-9e8f-91238c0d0086"`, `"from":"+15551112222"`, `"to":"+15553334444"`,
		`"direction":"inbound"`, `"callId":"` + callID + `"`, `"startTime":"2026-11-20T10:00:00.000Z"`,
	}, more...)
	return "{" + strings.Join(fields, ",") + "}"
}

func dtmf(callID string, n int) string {
	return strings.Replace(webhook("dtmf", callID, `"digit":"1"`), "10:00:05.000Z", fmt.Sprintf("10:00:05.%03dZ", n), 1)
}

// quiet makes an engine that nobody observes: it uses its memory again, which one with observers does not.
func quiet(t *testing.T, c runtime.Config) *bench {
	t.Helper()
	b := &bench{t: t, log: &syncBuffer{}}
	c.Logger, c.Sweep = slog.New(slog.NewTextHandler(b.log, nil)), -1
	e, err := runtime.New(c)
	if err != nil {
		t.Fatal(err)
	}
	b.Engine, b.handler = e, e.Handler()
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// get sends a webhook by GET.
func (b *bench) get(target string) answer {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, target, nil))
}

// each calls do for 0 to n-1 in as many goroutines and waits for them.
func each(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// notes returns the notes of the traces, in order.
func (b *bench) notes() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var notes []string
	for _, t := range b.traces {
		notes = append(notes, t.Note)
	}
	return notes
}

// faults is a store that does what a test says instead of what it is asked for. What is nil goes through.
type faults struct {
	store.Store
	mu      sync.Mutex
	onLoad  func(ctx context.Context) error
	onSave  func(ctx context.Context, u *store.Update) (uint64, error)
	onDue   func() error
	written int
}

// set changes what goes wrong.
func (f *faults) set(change func(*faults)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *faults) Load(ctx context.Context, name string, into *store.Record) error {
	f.mu.Lock()
	fail := f.onLoad
	f.mu.Unlock()
	if fail != nil {
		if err := fail(ctx); err != nil {
			return err
		}
	}
	return f.Store.Load(ctx, name, into)
}

func (f *faults) Save(ctx context.Context, u *store.Update) (uint64, error) {
	f.mu.Lock()
	save := f.onSave
	f.written++
	f.mu.Unlock()
	if save != nil {
		return save(ctx, u)
	}
	return f.Store.Save(ctx, u)
}

func (f *faults) Due(ctx context.Context, now int64, limit int, fn func(string) error) error {
	f.mu.Lock()
	fail := f.onDue
	f.mu.Unlock()
	if fail != nil {
		if err := fail(); err != nil {
			return err
		}
	}
	return f.Store.Due(ctx, now, limit, fn)
}
