package memory

import (
	"strings"
	"sync"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

// record is a stored record. There is one per live call, so every field counts:
// with 80 bytes it fills its size class. Whether effects wait is not a field of
// its own but follows from its place in the due index.
type record struct {
	key     string
	data    []byte
	version uint64
	due     int64
	expires int64
	more    *more
	places  [2]uint32 // place in the due and the expiry index, plus one; 0 is not in it
}

// more is what a record has only once it was answered or got an alias.
type more struct {
	answer, previous []byte
	aliases          []string
}

// pendingBase lies so far below zero that pending records, numbered upwards
// from it, sort before every due time and stay in the order they came.
const pendingBase = -1 << 62

// shard is a part of the store under one lock.
type shard struct {
	mu      sync.Mutex
	records map[string]*record
	due     index // pending or due records
	expiry  index // records that expire; their time here may be too early, never too late
	// retired is the highest version of a deleted record. New records start
	// above it, so that an old writer cannot meet its version again.
	retired uint64
	free    []*record // deleted ones, whose buffers the next ones use
	data    int64     // bytes
	answers int64     // bytes
	_       [64]byte
}

// load copies the record out. The caller holds no lock.
func (sh *shard) load(key string, into *store.Record) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.records[key]
	if r == nil {
		return false
	}
	into.Key = r.key
	into.Version = r.version
	into.Data = append(into.Data[:0], r.data...)
	into.Answer, into.Previous = into.Answer[:0], into.Previous[:0]
	if r.more != nil {
		into.Answer = append(into.Answer, r.more.answer...)
		into.Previous = append(into.Previous, r.more.previous...)
	}
	into.Due = r.due
	into.Pending = sh.pending(r)
	into.Expires = r.expires
	return true
}

func (sh *shard) has(key string) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.records[key] != nil
}

func (sh *shard) pending(r *record) bool {
	at, placed := sh.due.at(r)
	return placed && at < 0
}

// save writes the update; seq numbers a record that becomes pending.
func (sh *shard) save(u *store.Update, seq func() int64) (uint64, error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.records[u.Key]
	switch {
	case r == nil && u.Version == 0:
		r = sh.create()
		r.key, r.version = strings.Clone(u.Key), sh.retired
		sh.records[r.key] = r
	case r == nil || r.version != u.Version:
		return 0, store.ErrConflict
	}
	r.version++
	sh.data -= int64(len(r.data))
	r.data = fill(r.data, u.Data, room)
	sh.data += int64(len(r.data))
	if len(u.Answer) > 0 {
		sh.answer(r, u.Answer)
	}
	sh.plan(r, u, seq)
	return r.version, nil
}

// alias remembers a name, to free it with the record.
func (sh *shard) alias(key, name string) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.records[key]
	if r.more == nil {
		r.more = new(more)
	}
	r.more.aliases = append(r.more.aliases, name)
}

// answer keeps the document; the older of the two kept ones gives its buffer.
func (sh *shard) answer(r *record, document []byte) {
	if r.more == nil {
		r.more = new(more)
	}
	m := r.more
	sh.answers -= int64(len(m.previous))
	m.answer, m.previous = fill(m.previous, document, 1), m.answer
	sh.answers += int64(len(m.answer))
}

// plan files the record under its times.
func (sh *shard) plan(r *record, u *store.Update, seq func() int64) {
	r.due, r.expires = max(u.Due, 0), max(u.Expires, 0)
	switch {
	case u.Pending:
		if !sh.pending(r) {
			sh.due.set(r, pendingBase+seq())
		}
	case r.due > 0:
		sh.due.set(r, r.due)
	default:
		sh.due.remove(r)
	}
	at, placed := sh.expiry.at(r)
	switch {
	case r.expires == 0:
		sh.expiry.remove(r)
	case !placed || r.expires < at:
		// A later time is not filed anew: most saves only push it out,
		// and the scan corrects what it meets too early.
		sh.expiry.set(r, r.expires)
	}
}

// remove deletes the record and returns the aliases that go with it.
func (sh *shard) remove(key string, version uint64) ([]string, error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	r := sh.records[key]
	if r == nil || r.version != version {
		return nil, store.ErrConflict
	}
	delete(sh.records, key)
	sh.due.remove(r)
	sh.expiry.remove(r)
	sh.retired = max(sh.retired, r.version)
	sh.data -= int64(len(r.data))
	if r.more == nil {
		sh.recycle(r)
		return nil, nil
	}
	sh.answers -= int64(len(r.more.answer) + len(r.more.previous))
	aliases := r.more.aliases
	sh.recycle(r)
	return aliases, nil
}

// maxFree bounds the deleted records that a shard keeps.
const maxFree = 8

// recycle keeps a deleted record for the next one.
func (sh *shard) recycle(r *record) {
	if len(sh.free) == maxFree {
		return
	}
	*r = record{data: r.data[:0], more: r.more}
	if m := r.more; m != nil {
		*m = more{answer: m.answer[:0], previous: m.previous[:0]}
	}
	sh.free = append(sh.free, r)
}

// create returns a record without anything in it.
func (sh *shard) create() *record {
	last := len(sh.free) - 1
	if last < 0 {
		return new(record)
	}
	r := sh.free[last]
	sh.free[last], sh.free = nil, sh.free[:last]
	return r
}

// room is what sizes of buffers are rounded up to: a machine grows a little with
// every webhook, and should not move each time.
const room = 64

// fill copies data into the buffer, or into a new one when it does not fit or
// would waste most of the old one. The new one is rounded up to a multiple of
// room.
func fill(buffer, data []byte, room int) []byte {
	if len(data) > cap(buffer) || cap(buffer) > 4*len(data)+256 {
		buffer = make([]byte, 0, (len(data)+room-1)/room*room)
	}
	return append(buffer[:0], data...)
}
