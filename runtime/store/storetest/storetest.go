// Package storetest checks that a store keeps the promises of store.Store.
//
// A store's own tests call Run with a function that opens an empty store:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return memory.New() })
//	}
package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// Run checks every promise in a subtest of its own. open returns a store that
// is empty and shared with nobody; Run closes it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, promise := range promises {
		t.Run(promise.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			promise.check(&suite{T: t, Store: s})
		})
	}
}

// promises are the sentences that a store must keep.
var promises = []struct {
	name  string
	check func(*suite)
}{
	{"what was saved is loaded", loadsWhatWasSaved},
	{"a record that does not exist is not found", notFound},
	{"a save replaces everything but the answers", saveReplaces},
	{"a record is created only when it is absent", createIfAbsent},
	{"a save with an old version is a conflict and writes nothing", oldVersion},
	{"a save to a record that does not exist is a conflict", saveAbsent},
	{"an empty key is refused", emptyKey},
	{"the answers of the last two saves with an answer are kept", lastTwoAnswers},
	{"an alias leads to its record for as long as that lives", aliases},
	{"a name leads to one record only", uniqueNames},
	{"an alias that was refused leaves the record as it was", refusedAlias},
	{"a deleted record is gone and only its version deletes it", deletes},
	{"a version never comes again after a delete", versionsGrow},
	{"pending records are due first and then those longest due", dueOrder},
	{"a scan for due records stops at its limit", dueLimit},
	{"a record is due no longer once it was saved without", dueChanges},
	{"a scan ends with the error of its function", scanErrors},
	{"a function called by a scan may use the store", scanUsesStore},
	{"expired records are found with their version", expired},
	{"an expiry may be moved and taken away", expiryMoves},
	{"every kind of bytes and every size comes back", sizes},
	{"a saved buffer may be reused at once", reusesSaved},
	{"a loaded record is the caller's own", ownsLoaded},
	{"a record that is loaded into keeps nothing of the last one", loadReplaces},
	{"of concurrent writers exactly one wins each version", oneWins},
	{"of concurrent creators exactly one wins", oneCreates},
	{"of concurrent claims to an alias exactly one wins", oneAlias},
	{"a reader sees a whole write or nothing of it", wholeWrites},
	{"a secret is made once also when raced", secretOnce},
	{"secrets of different names differ and are the caller's own", secretNames},
	{"a secret that could not be made is made later", secretFails},
	{"a context that is done stops every operation", cancelled},
	{"a closed store says so and may be closed again", closed},
}

// suite is one subtest: a store with the steps that most promises need.
type suite struct {
	*testing.T
	store.Store
}

func (s *suite) ctx() context.Context { return s.T.Context() }

// save must succeed.
func (s *suite) save(u store.Update) uint64 {
	s.Helper()
	version, err := s.Save(s.ctx(), &u)
	if err != nil {
		s.Fatalf("save %q at version %d: %v", u.Key, u.Version, err)
	}
	if version == 0 || version <= u.Version {
		s.Fatalf("save %q at version %d returned version %d", u.Key, u.Version, version)
	}
	return version
}

// load must succeed.
func (s *suite) load(name string) *store.Record {
	s.Helper()
	r := new(store.Record)
	if err := s.Load(s.ctx(), name, r); err != nil {
		s.Fatalf("load %q: %v", name, err)
	}
	return r
}

// conflict expects that the save is refused.
func (s *suite) conflict(u store.Update) {
	s.Helper()
	if _, err := s.Save(s.ctx(), &u); !errors.Is(err, store.ErrConflict) {
		s.Errorf("save %q at version %d with aliases %q: %v, want ErrConflict", u.Key, u.Version, u.Aliases, err)
	}
}

// absent expects that nothing has this name.
func (s *suite) absent(name string) {
	s.Helper()
	if err := s.Load(s.ctx(), name, new(store.Record)); !errors.Is(err, store.ErrNotFound) {
		s.Errorf("load %q: %v, want ErrNotFound", name, err)
	}
}

// same compares records; nil and empty bytes are equal.
func (s *suite) same(got, want *store.Record) {
	s.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("record (-want +got):\n%s", diff)
	}
}

// due returns the keys of a scan.
func (s *suite) due(now int64, limit int) []string {
	s.Helper()
	keys := []string{}
	err := s.Due(s.ctx(), now, limit, func(key string) error {
		keys = append(keys, key)
		return nil
	})
	if err != nil {
		s.Fatalf("due at %d: %v", now, err)
	}
	return keys
}

// expired returns the versions of a scan by key.
func (s *suite) expired(now int64, limit int) map[string]uint64 {
	s.Helper()
	found := map[string]uint64{}
	err := s.Expired(s.ctx(), now, limit, func(key string, version uint64) error {
		found[key] = version
		return nil
	})
	if err != nil {
		s.Fatalf("expired at %d: %v", now, err)
	}
	return found
}

// want compares two values.
func (s *suite) want(what string, got, want any) {
	s.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
