package storetest

import (
	"bytes"
	"errors"
	"testing"
	"unsafe"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const call = "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d"

func loadsWhatWasSaved(s *suite) {
	version := s.save(store.Update{
		Key: call, Data: []byte("data"), Answer: []byte("<Response/>"), Aliases: []string{"alias"},
		Due: 5, Pending: true, Expires: 7,
	})
	want := &store.Record{
		Key: call, Version: version, Data: []byte("data"), Answer: []byte("<Response/>"),
		Due: 5, Pending: true, Expires: 7,
	}
	s.same(s.load(call), want)
	s.same(s.load("alias"), want)
}

func notFound(s *suite) {
	s.absent(call)
	s.absent("")
	s.save(store.Update{Key: call})
	s.absent(call + "x")
	s.absent(call[:len(call)-1])
}

func saveReplaces(s *suite) {
	first := s.save(store.Update{
		Key: call, Data: []byte("a longer first state"), Answer: []byte("one"), Due: 5, Pending: true, Expires: 7,
	})
	second := s.save(store.Update{Key: call, Version: first, Data: []byte("second")})
	s.same(s.load(call), &store.Record{Key: call, Version: second, Data: []byte("second"), Answer: []byte("one")})
}

func createIfAbsent(s *suite) {
	version := s.save(store.Update{Key: call, Data: []byte("first")})
	s.conflict(store.Update{Key: call, Data: []byte("second"), Answer: []byte("x"), Due: 1, Pending: true, Expires: 1})
	s.same(s.load(call), &store.Record{Key: call, Version: version, Data: []byte("first")})
	s.want("due", s.due(10, 10), []string{})
	s.want("expired", s.expired(10, 10), map[string]uint64{})
}

func oldVersion(s *suite) {
	first := s.save(store.Update{Key: call, Data: []byte("first")})
	second := s.save(store.Update{Key: call, Version: first, Data: []byte("second")})
	for _, version := range []uint64{first, second + 1, 1 << 62} {
		s.conflict(store.Update{
			Key: call, Version: version, Data: []byte("lost"), Answer: []byte("lost"), Due: 1, Pending: true, Expires: 1,
		})
	}
	s.same(s.load(call), &store.Record{Key: call, Version: second, Data: []byte("second")})
	s.want("due", s.due(10, 10), []string{})
}

func saveAbsent(s *suite) {
	s.conflict(store.Update{Key: call, Version: 1, Data: []byte("x"), Aliases: []string{"alias"}})
	s.absent(call)
	s.absent("alias")
}

func emptyKey(s *suite) {
	if _, err := s.Save(s.ctx(), &store.Update{Data: []byte("x")}); err == nil {
		s.Error("a record without a key was saved")
	}
	if _, err := s.Save(s.ctx(), &store.Update{Key: call, Aliases: []string{""}}); err == nil {
		s.Error("an empty alias was saved")
	}
	s.absent("")
	s.absent(call)
}

func lastTwoAnswers(s *suite) {
	steps := []struct{ answer, wantAnswer, wantPrevious string }{
		{"", "", ""},
		{"one", "one", ""},
		{"", "one", ""},
		{"two, which is longer", "two, which is longer", "one"},
		{"", "two, which is longer", "one"},
		{"3", "3", "two, which is longer"},
		{"3", "3", "3"},
		{"four", "four", "3"},
	}
	var version uint64
	for i, step := range steps {
		version = s.save(store.Update{Key: call, Version: version, Answer: []byte(step.answer)})
		r := s.load(call)
		if string(r.Answer) != step.wantAnswer || string(r.Previous) != step.wantPrevious {
			s.Errorf("step %d: answers %q and %q, want %q and %q",
				i, r.Answer, r.Previous, step.wantAnswer, step.wantPrevious)
		}
	}
}

func aliases(s *suite) {
	version := s.save(store.Update{Key: "leg", Aliases: []string{"a", "b"}})
	version = s.save(store.Update{Key: "leg", Version: version, Data: []byte("x")})
	version = s.save(store.Update{Key: "leg", Version: version, Data: []byte("y"), Aliases: []string{"b", "c", "leg", "c"}})
	for _, name := range []string{"leg", "a", "b", "c"} {
		s.same(s.load(name), &store.Record{Key: "leg", Version: version, Data: []byte("y")})
	}
	if err := s.Delete(s.ctx(), "leg", version); err != nil {
		s.Fatalf("delete: %v", err)
	}
	for _, name := range []string{"leg", "a", "b", "c"} {
		s.absent(name)
	}
	s.save(store.Update{Key: "other", Aliases: []string{"a"}})
	s.want("key of the freed alias", s.load("a").Key, "other")
	s.save(store.Update{Key: "b"})
	s.want("key that was an alias", s.load("b").Key, "b")
}

func uniqueNames(s *suite) {
	version := s.save(store.Update{Key: "leg", Aliases: []string{"alias"}})
	other := s.save(store.Update{Key: "other"})
	s.conflict(store.Update{Key: "alias"})
	s.conflict(store.Update{Key: "alias", Aliases: []string{"more"}})
	s.conflict(store.Update{Key: "third", Aliases: []string{"alias"}})
	s.conflict(store.Update{Key: "other", Version: other, Aliases: []string{"alias"}})
	s.conflict(store.Update{Key: "other", Version: other, Aliases: []string{"leg"}})
	s.absent("third")
	s.absent("more")
	s.same(s.load("alias"), &store.Record{Key: "leg", Version: version})
	s.same(s.load("other"), &store.Record{Key: "other", Version: other})
}

func refusedAlias(s *suite) {
	s.save(store.Update{Key: "leg", Aliases: []string{"alias"}})
	version := s.save(store.Update{Key: "other", Data: []byte("kept")})
	s.conflict(store.Update{
		Key: "other", Version: version, Data: []byte("lost"), Answer: []byte("lost"),
		Aliases: []string{"free", "alias"}, Pending: true,
	})
	s.same(s.load("other"), &store.Record{Key: "other", Version: version, Data: []byte("kept")})
	s.absent("free")
	s.want("due", s.due(10, 10), []string{})
}

func deletes(s *suite) {
	version := s.save(store.Update{Key: call, Data: []byte("x"), Answer: []byte("y"), Due: 1, Pending: true, Expires: 1})
	for _, wrong := range []uint64{0, version + 1, version - 1} {
		if err := s.Delete(s.ctx(), call, wrong); !errors.Is(err, store.ErrConflict) {
			s.Errorf("delete at version %d of %d: %v, want ErrConflict", wrong, version, err)
		}
	}
	s.want("key", s.load(call).Key, call)
	if err := s.Delete(s.ctx(), call, version); err != nil {
		s.Fatalf("delete: %v", err)
	}
	s.absent(call)
	s.want("due", s.due(10, 10), []string{})
	s.want("expired", s.expired(10, 10), map[string]uint64{})
	if err := s.Delete(s.ctx(), call, version); !errors.Is(err, store.ErrConflict) {
		s.Errorf("second delete: %v, want ErrConflict", err)
	}
	s.conflict(store.Update{Key: call, Version: version})
}

func versionsGrow(s *suite) {
	var last uint64
	for range 3 {
		version := s.save(store.Update{Key: call, Data: []byte("x"), Answer: []byte("old")})
		if version <= last {
			s.Fatalf("version %d after %d", version, last)
		}
		if last > 0 {
			s.conflict(store.Update{Key: call, Version: last})
			s.same(s.load(call), &store.Record{Key: call, Version: version, Data: []byte("x"), Answer: []byte("old")})
		}
		last = s.save(store.Update{Key: call, Version: version})
		if err := s.Delete(s.ctx(), call, last); err != nil {
			s.Fatalf("delete: %v", err)
		}
	}
}

func sizes(s *suite) {
	var version uint64
	for _, size := range []int{1, 220, 64, 4096, 200, 65536, 0, 300_000, 47} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i * 7)
		}
		version = s.save(store.Update{Key: "\x00 \xff'%ключ", Version: version, Data: data})
		r := s.load("\x00 \xff'%ключ")
		if r.Version != version || !bytes.Equal(r.Data, data) {
			s.Errorf("%d bytes did not come back", size)
		}
	}
}

func reusesSaved(s *suite) {
	key, alias := []byte(call), []byte("alias")
	u := store.Update{
		// Strings that lie in a reused buffer, as those of a webhook do.
		Key:     unsafe.String(&key[0], len(key)),
		Aliases: []string{unsafe.String(&alias[0], len(alias))},
		Data:    []byte("data"), Answer: []byte("answer"), Pending: true,
	}
	version := s.save(u)
	for _, buffer := range [][]byte{key, alias, u.Data, u.Answer} {
		for i := range buffer {
			buffer[i] = 'x'
		}
	}
	u.Aliases[0] = "x"
	want := &store.Record{Key: call, Version: version, Data: []byte("data"), Answer: []byte("answer"), Pending: true}
	s.same(s.load(call), want)
	s.same(s.load("alias"), want)
	s.want("due", s.due(1, 10), []string{call})
}

func ownsLoaded(s *suite) {
	version := s.save(store.Update{Key: call, Answer: []byte("previous")})
	version = s.save(store.Update{Key: call, Version: version, Data: []byte("data"), Answer: []byte("answer")})
	r := s.load(call)
	for _, buffer := range [][]byte{r.Data, r.Answer, r.Previous} {
		for i := range buffer {
			buffer[i] = 'x'
		}
	}
	want := &store.Record{
		Key: call, Version: version, Data: []byte("data"), Answer: []byte("answer"), Previous: []byte("previous"),
	}
	s.same(s.load(call), want)
	early := s.load(call)
	s.save(store.Update{Key: call, Version: version, Data: []byte("DATA"), Answer: []byte("ANSWER")})
	s.same(early, want)
}

func loadReplaces(s *suite) {
	version := s.save(store.Update{Key: "full", Answer: []byte("previous")})
	s.save(store.Update{
		Key: "full", Version: version, Data: []byte("data"), Answer: []byte("answer"), Due: 1, Pending: true, Expires: 1,
	})
	bare := s.save(store.Update{Key: "bare", Data: []byte("d")})
	r := s.load("full")
	if err := s.Load(s.ctx(), "bare", r); err != nil {
		s.Fatalf("load: %v", err)
	}
	s.same(r, &store.Record{Key: "bare", Version: bare, Data: []byte("d")})
}

var _ testing.TB = (*suite)(nil)
