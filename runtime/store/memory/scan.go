package memory

import (
	"cmp"
	"context"
	"slices"
)

// found is a record that a scan came upon.
type found struct {
	at      int64
	key     string
	version uint64
}

// Due calls fn for pending and due records; see store.Store.
func (s *Store) Due(ctx context.Context, now int64, limit int, fn func(key string) error) error {
	if err := s.ready(ctx, "due"); err != nil {
		return err
	}
	for _, f := range s.scan(now, limit, due) {
		if err := fn(f.key); err != nil {
			return err
		}
	}
	return nil
}

// Expired calls fn for expired records, those longest expired first; see
// store.Store.
func (s *Store) Expired(ctx context.Context, now int64, limit int, fn func(key string, version uint64) error) error {
	if err := s.ready(ctx, "expired"); err != nil {
		return err
	}
	for _, f := range s.scan(now, limit, expiry) {
		if err := fn(f.key, f.version); err != nil {
			return err
		}
	}
	return nil
}

// The two indexes of a shard.
func due(sh *shard) *index    { return &sh.due }
func expiry(sh *shard) *index { return &sh.expiry }

// scan returns the first limit records up to now over all shards. It allocates
// nothing when there are none, and no lock is held once it returns.
func (s *Store) scan(now int64, limit int, of func(*shard) *index) []found {
	var all []found
	if limit < 1 {
		return nil
	}
	until := now
	for i := range s.shards {
		sh := &s.shards[i]
		if of(sh).next.Load() > until {
			continue
		}
		all = sh.collect(of(sh), until, limit, all)
		if len(all) < limit {
			continue
		}
		// Enough were found: from here on only earlier ones matter.
		all = earliest(all, limit)
		until = min(now, all[limit-1].at-1)
	}
	return earliest(all, limit)
}

// earliest sorts by time and cuts to limit.
func earliest(all []found, limit int) []found {
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.at, b.at) })
	return all[:min(limit, len(all))]
}

// collect appends the shard's first limit records of the index up to a time. It
// takes them out one by one and puts them back.
func (sh *shard) collect(x *index, until int64, limit int, into []found) []found {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	var taken []item
	for len(taken) < limit && x.first() <= until {
		first := x.items[0]
		if x == &sh.expiry && first.r.expires > first.at {
			x.set(first.r, first.r.expires)
			continue
		}
		x.remove(first.r)
		taken = append(taken, first)
	}
	for _, it := range taken {
		x.set(it.r, it.at)
		into = append(into, found{at: it.at, key: it.r.key, version: it.r.version})
	}
	return into
}
