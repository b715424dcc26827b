package memory_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"slices"
	"testing"

	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
	"github.com/bxmlflow/bxmlflow/runtime/store/storetest"
	"github.com/google/go-cmp/cmp"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memory.New() })
}

func key(i int) string { return fmt.Sprintf("c-%08x-1a31c52e-b38f-4198-93c1-51633ec68f8d", i) }

func TestStatsFollowEveryWrite(t *testing.T) {
	s := memory.New()
	steps := []struct {
		name string
		do   func() error
		want memory.Stats
	}{
		{"create", save(s, store.Update{Key: "a", Data: make([]byte, 10), Answer: make([]byte, 5)}),
			memory.Stats{Records: 1, Data: 10, Answers: 5}},
		{"second answer", save(s, store.Update{Key: "a", Version: 1, Data: make([]byte, 7), Answer: make([]byte, 6)}),
			memory.Stats{Records: 1, Data: 7, Answers: 11}},
		{"third answer", save(s, store.Update{Key: "a", Version: 2, Data: make([]byte, 8), Answer: make([]byte, 1)}),
			memory.Stats{Records: 1, Data: 8, Answers: 7}},
		{"another", save(s, store.Update{Key: "b", Data: make([]byte, 2)}),
			memory.Stats{Records: 2, Data: 10, Answers: 7}},
		{"delete", func() error { return s.Delete(t.Context(), "a", 3) },
			memory.Stats{Records: 1, Data: 2}},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := s.Stats(); got != step.want || s.Len() != step.want.Records {
			t.Errorf("%s: %+v, want %+v", step.name, got, step.want)
		}
	}
}

func save(s *memory.Store, u store.Update) func() error {
	return func() error {
		_, err := s.Save(context.Background(), &u)
		return err
	}
}

func TestPendingRecordsAreDueInTheOrderInWhichTheyBecamePending(t *testing.T) {
	s := memory.New()
	updates := []store.Update{
		{Key: "a", Pending: true}, {Key: "b", Pending: true}, {Key: "c", Pending: true}, {Key: "d", Pending: true},
		{Key: "a", Version: 1, Pending: true},                                 // still pending: keeps its place
		{Key: "b", Version: 1}, {Key: "b", Version: 2, Due: 1, Pending: true}, // again: goes to the end
	}
	for _, u := range updates {
		if err := save(s, u)(); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := s.Due(t.Context(), 1, 10, func(key string) error { got = append(got, key); return nil })
	if want := []string{"a", "c", "d", "b"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("due: %q, %v, want %q", got, err, want)
	}
}

// filled returns a store with records of 220 bytes that all expire, none due.
func filled(tb testing.TB, records int) *memory.Store {
	tb.Helper()
	s := memory.New()
	data := make([]byte, 220)
	for i := range records {
		u := store.Update{Key: key(i), Data: data, Expires: 1_800_000_000_000 + int64(i*7919%records)}
		if _, err := s.Save(tb.Context(), &u); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

func TestWarmLoadAndSaveAllocateNothing(t *testing.T) {
	s := filled(t, 100)
	ctx := t.Context()
	var r store.Record
	u := store.Update{Key: key(7), Data: make([]byte, 200), Answer: make([]byte, 400)}
	turn := func() {
		if err := s.Load(ctx, u.Key, &r); err != nil {
			t.Fatal(err)
		}
		u.Version, u.Pending, u.Due, u.Expires = r.Version, !r.Pending, r.Due^5, r.Expires+1
		if _, err := s.Save(ctx, &u); err != nil {
			t.Fatal(err)
		}
	}
	turn()
	turn()
	if allocs := testing.AllocsPerRun(100, turn); allocs != 0 {
		t.Errorf("a warm turn allocates %v times, want 0", allocs)
	}
}

func TestScanWithNothingDueAllocatesNothing(t *testing.T) {
	s := filled(t, 1000)
	scan := func() {
		if err := s.Due(t.Context(), 1, 10, func(string) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if allocs := testing.AllocsPerRun(10, scan); allocs != 0 {
		t.Errorf("a scan allocates %v times, want 0", allocs)
	}
}

// overhead measures the heap of a record beyond its data and answers.
func overhead(tb testing.TB, records int) float64 {
	tb.Helper()
	before := heap()
	s := filled(tb, records)
	perRecord := float64(heap()-before)/float64(records) - 220
	goruntime.KeepAlive(s)
	return perRecord
}

func heap() uint64 {
	var m goruntime.MemStats
	goruntime.GC()
	goruntime.GC()
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestARecordCostsAtMost200BytesBeyondItsData(t *testing.T) {
	// 220 bytes of data lie in a buffer of 256, rounded up so that a growing machine stays where it is.
	if got := overhead(t, 100_000); got > 236 {
		t.Errorf("%.0f bytes a record beyond its data, want at most 236", got)
	}
}

func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(overhead(b, 100_000), "B/record-over-data")
	}
}

func BenchmarkTurn(b *testing.B) {
	const records = 100_000
	s := filled(b, records)
	ctx := b.Context()
	keys := make([]string, records)
	for i := range keys {
		keys[i] = key(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var r store.Record
		u := store.Update{Data: make([]byte, 220)}
		for i := 0; pb.Next(); i++ {
			u.Key = keys[i*7919%records]
			if err := s.Load(ctx, u.Key, &r); err != nil {
				b.Error(err)
				return
			}
			u.Version, u.Expires = r.Version, r.Expires+1
			// The other goroutines walk the same keys: a conflict is fine.
			_, _ = s.Save(ctx, &u)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	s := filled(b, 100_000)
	ctx, k := b.Context(), key(77)
	var r store.Record
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Load(ctx, k, &r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDueWithNothingDue(b *testing.B) {
	s := filled(b, 100_000)
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Due(ctx, 1, 100, func(string) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

func TestADeletedRecordLeavesNothingToTheNextOne(t *testing.T) {
	s, ctx := memory.New(), t.Context()
	const records = 500
	for i := range records {
		u := store.Update{
			Key: key(i), Data: bytes.Repeat([]byte("old"), 100), Answer: []byte("old answer"), Aliases: []string{"old-" + key(i)},
			Due: 1, Pending: i%2 == 0, Expires: 2,
		}
		version, err := s.Save(ctx, &u)
		if err == nil {
			u.Version = version
			version, err = s.Save(ctx, &u)
		}
		if err == nil {
			err = s.Delete(ctx, u.Key, version)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range records {
		name := key(records + i)
		version, err := s.Save(ctx, &store.Update{Key: name, Data: []byte("new")})
		if err != nil {
			t.Fatal(err)
		}
		var got store.Record
		if err := s.Load(ctx, name, &got); err != nil {
			t.Fatal(err)
		}
		want := store.Record{Key: name, Version: version, Data: []byte("new"), Answer: got.Answer[:0], Previous: got.Previous[:0]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("record %d (-want +got):\n%s", i, diff)
		}
		if err := s.Load(ctx, "old-"+key(i), &got); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("an alias of a deleted record: %v", err)
		}
	}
	if stats := s.Stats(); stats != (memory.Stats{Records: records, Data: records * int64(len("new"))}) {
		t.Errorf("%+v", stats)
	}
	for _, find := range []func(func()) error{
		func(found func()) error {
			return s.Due(ctx, 10, 10, func(string) error { found(); return nil })
		},
		func(found func()) error {
			return s.Expired(ctx, 10, 10, func(string, uint64) error { found(); return nil })
		},
	} {
		if err := find(func() { t.Error("a new record has the times of a deleted one") }); err != nil {
			t.Error(err)
		}
	}
}
