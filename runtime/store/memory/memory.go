// Package memory keeps records in the memory of the process: the fastest store,
// for tests, for the simulator and for deployments that can lose their live
// calls with the process.
package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const shards = 64 // a power of two

// Store is a store.Store in memory. Create it with New. No lock is held while
// a function given by the caller runs, except that of Secret.
type Store struct {
	seed   maphash.Seed
	closed atomic.Bool
	seq    atomic.Int64
	shards [shards]shard

	// names guards aliases. It is taken before a shard's lock: to write by
	// who changes aliases, to read by who creates a record, so that no name
	// comes to lead to two records.
	names   sync.RWMutex
	aliases map[string]string // alias to key

	secrets sync.Mutex
	secret  map[string][]byte
}

var _ store.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	s := &Store{
		seed:    maphash.MakeSeed(),
		aliases: make(map[string]string),
		secret:  make(map[string][]byte),
	}
	for i := range s.shards {
		sh := &s.shards[i]
		sh.records = make(map[string]*record)
		sh.expiry.slot = 1
		sh.due.next.Store(never)
		sh.expiry.next.Store(never)
	}
	return s
}

// Load reads a record; see store.Store. It allocates nothing once the buffers
// of into are large enough.
func (s *Store) Load(ctx context.Context, name string, into *store.Record) error {
	if err := s.ready(ctx, "load"); err != nil {
		return err
	}
	if s.of(name).load(name, into) {
		return nil
	}
	s.names.RLock()
	key, ok := s.aliases[name]
	s.names.RUnlock()
	if ok && s.of(key).load(key, into) {
		return nil
	}
	return store.ErrNotFound
}

// Save writes a record; see store.Store. It allocates nothing when data and
// answer fit the buffers that the record has.
func (s *Store) Save(ctx context.Context, u *store.Update) (uint64, error) {
	if err := s.ready(ctx, "save"); err != nil {
		return 0, err
	}
	if u.Key == "" {
		return 0, errors.New("memory: save: empty key")
	}
	if len(u.Aliases) > 0 {
		return s.saveAliases(u)
	}
	if u.Version == 0 {
		s.names.RLock()
		defer s.names.RUnlock()
		if _, taken := s.aliases[u.Key]; taken {
			return 0, store.ErrConflict
		}
	}
	return s.of(u.Key).save(u, s.next)
}

// saveAliases is Save for an update that names aliases.
func (s *Store) saveAliases(u *store.Update) (uint64, error) {
	s.names.Lock()
	defer s.names.Unlock()
	if _, taken := s.aliases[u.Key]; taken && u.Version == 0 {
		return 0, store.ErrConflict
	}
	for _, alias := range u.Aliases {
		if alias == "" {
			return 0, errors.New("memory: save: empty alias")
		}
		if key, taken := s.aliases[alias]; taken && key != u.Key {
			return 0, store.ErrConflict
		}
		if alias != u.Key && s.of(alias).has(alias) {
			return 0, store.ErrConflict
		}
	}
	version, err := s.of(u.Key).save(u, s.next)
	if err != nil {
		return 0, err
	}
	// Nobody can delete the record meanwhile: that takes names, too.
	for _, alias := range u.Aliases {
		if _, kept := s.aliases[alias]; kept || alias == u.Key {
			continue
		}
		alias = strings.Clone(alias)
		s.aliases[alias] = strings.Clone(u.Key)
		s.of(u.Key).alias(u.Key, alias)
	}
	return version, nil
}

// Delete removes a record and its aliases; see store.Store.
func (s *Store) Delete(ctx context.Context, key string, version uint64) error {
	if err := s.ready(ctx, "delete"); err != nil {
		return err
	}
	s.names.Lock()
	defer s.names.Unlock()
	aliases, err := s.of(key).remove(key, version)
	for _, alias := range aliases {
		delete(s.aliases, alias)
	}
	return err
}

// Secret returns a secret, made on the first call; see store.Store.
func (s *Store) Secret(ctx context.Context, name string, create func() ([]byte, error)) ([]byte, error) {
	if err := s.ready(ctx, "secret"); err != nil {
		return nil, err
	}
	s.secrets.Lock()
	defer s.secrets.Unlock()
	if kept, ok := s.secret[name]; ok {
		return bytes.Clone(kept), nil
	}
	made, err := create()
	if err != nil {
		return nil, fmt.Errorf("memory: secret %q: %w", name, err)
	}
	s.secret[strings.Clone(name)] = bytes.Clone(made)
	return bytes.Clone(made), nil
}

// Close ends the use of the store; see store.Store.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

// Stats says how much a store holds.
type Stats struct {
	Records int
	Data    int64 // bytes of data
	Answers int64 // bytes of kept answers
}

// Stats counts what the store holds. It locks one shard after the other, so
// that figures taken during writes are of no single instant.
func (s *Store) Stats() Stats {
	var total Stats
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		total.Records += len(sh.records)
		total.Data += sh.data
		total.Answers += sh.answers
		sh.mu.Unlock()
	}
	return total
}

// Len returns the number of records.
func (s *Store) Len() int { return s.Stats().Records }

// of returns the shard of a key.
func (s *Store) of(key string) *shard {
	return &s.shards[maphash.String(s.seed, key)%shards]
}

func (s *Store) next() int64 { return s.seq.Add(1) }

// ready refuses the operation when the store is closed or the context done.
func (s *Store) ready(ctx context.Context, operation string) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("memory: %s: %w", operation, err)
	}
	return nil
}
