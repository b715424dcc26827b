package storetest

import (
	"errors"
	"fmt"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

func dueOrder(s *suite) {
	s.want("due in an empty store", s.due(1<<60, 10), []string{})
	for _, due := range []int64{50, 10, 40, 30, 20, 60, 0} {
		s.save(store.Update{Key: fmt.Sprintf("due-%d", due), Due: due})
	}
	s.save(store.Update{Key: "pending", Pending: true})
	s.save(store.Update{Key: "pending and late", Pending: true, Due: 1000})
	s.want("nothing but the pending", len(s.due(9, 10)), 2)
	got := s.due(40, 10)
	if len(got) != 6 {
		s.Fatalf("due at 40: %q, want six", got)
	}
	pending := map[string]bool{got[0]: true, got[1]: true}
	s.want("pending ones", pending, map[string]bool{"pending": true, "pending and late": true})
	s.want("due ones", got[2:], []string{"due-10", "due-20", "due-30", "due-40"})
	s.want("a scan takes nothing away", s.due(40, 10), got)
}

func dueLimit(s *suite) {
	const records = 500
	want := []string{}
	for i := range records {
		due := (i*7)%records + 1
		s.save(store.Update{Key: fmt.Sprintf("due-%03d", due), Due: int64(due)})
		want = append(want, fmt.Sprintf("due-%03d", i+1))
	}
	for _, limit := range []int{1, 2, 7, 100, records, records + 1} {
		s.want(fmt.Sprintf("due with limit %d", limit), s.due(records, limit), want[:min(limit, records)])
	}
	s.want("due half way", s.due(records/2, records), want[:records/2])
	s.want("due with limit 0", s.due(records, 0), []string{})
}

func dueChanges(s *suite) {
	version := s.save(store.Update{Key: call, Due: 10})
	s.save(store.Update{Key: "other", Due: 20})
	steps := []struct {
		due     int64
		pending bool
		want    []string
	}{
		{30, false, []string{"other", call}},
		{15, false, []string{call, "other"}},
		{0, false, []string{"other"}},
		{0, true, []string{call, "other"}},
		{40, true, []string{call, "other"}},
		{40, false, []string{"other", call}},
		{1000, false, []string{"other"}},
		{0, false, []string{"other"}},
	}
	for i, step := range steps {
		version = s.save(store.Update{Key: call, Version: version, Due: step.due, Pending: step.pending})
		s.want(fmt.Sprintf("due after step %d", i), s.due(100, 10), step.want)
	}
}

func scanErrors(s *suite) {
	stop := errors.New("stop")
	for i := range 3 {
		s.save(store.Update{Key: fmt.Sprintf("call-%d", i), Due: 1, Expires: 1})
	}
	calls := 0
	err := s.Due(s.ctx(), 1, 10, func(string) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		s.Errorf("due: %v after %d calls, want the function's error after one", err, calls)
	}
	calls = 0
	err = s.Expired(s.ctx(), 1, 10, func(string, uint64) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		s.Errorf("expired: %v after %d calls, want the function's error after one", err, calls)
	}
}

func scanUsesStore(s *suite) {
	for i := range 5 {
		s.save(store.Update{Key: fmt.Sprintf("call-%d", i), Pending: true, Expires: 1})
	}
	err := s.Due(s.ctx(), 1, 10, func(key string) error {
		r := s.load(key)
		s.save(store.Update{Key: key, Version: r.Version, Expires: r.Expires})
		return nil
	})
	if err != nil {
		s.Fatalf("due: %v", err)
	}
	s.want("due afterwards", s.due(1, 10), []string{})
	err = s.Expired(s.ctx(), 1, 10, func(key string, version uint64) error {
		return s.Delete(s.ctx(), key, version)
	})
	if err != nil {
		s.Fatalf("expired: %v", err)
	}
	s.want("expired afterwards", s.expired(1, 10), map[string]uint64{})
}

func expired(s *suite) {
	want := map[string]uint64{}
	for i := range 100 {
		key := fmt.Sprintf("call-%d", i)
		version := s.save(store.Update{Key: key, Expires: int64(i)})
		if i > 0 && i <= 50 { // 0 is never
			want[key] = version
		}
	}
	s.want("expired", s.expired(50, 1000), want)
	s.want("expired with a limit", len(s.expired(50, 7)), 7)
	s.want("expired with limit 0", len(s.expired(50, 0)), 0)
	s.want("expired before all", s.expired(0, 10), map[string]uint64{})
}

func expiryMoves(s *suite) {
	version := s.save(store.Update{Key: call, Expires: 10})
	steps := []struct{ expires, now, want int64 }{
		{20, 19, 0}, {20, 20, 1}, {5, 5, 1}, {5, 4, 0}, {0, 1 << 60, 0}, {30, 29, 0}, {40, 35, 0}, {38, 37, 0}, {38, 38, 1},
	}
	for i, step := range steps {
		version = s.save(store.Update{Key: call, Version: version, Expires: step.expires})
		want := map[string]uint64{}
		if step.want == 1 {
			want[call] = version
		}
		s.want(fmt.Sprintf("expired in step %d", i), s.expired(step.now, 10), want)
	}
}
