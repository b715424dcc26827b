package memory

import (
	"math"
	"slices"
	"sync/atomic"
)

// never is the next of an index without items.
const never = math.MaxInt64

// item places a record in an index. The time is kept beside the pointer so that
// sifting touches no record.
type item struct {
	at int64
	r  *record
}

// index orders the records of a shard by time: a binary heap whose records know
// their place in it. The shard's lock guards all but next.
type index struct {
	slot  int // which of record.places is ours
	items []item
	// next is the time of the first item, readable without the lock, so that
	// a scan skips the shards that have nothing for it.
	next atomic.Int64
}

// at returns the time under which the record is placed; false when it is not.
func (x *index) at(r *record) (int64, bool) {
	place := r.places[x.slot]
	if place == 0 {
		return 0, false
	}
	return x.items[place-1].at, true
}

// set places the record at a time, or moves it there.
func (x *index) set(r *record, at int64) {
	i := int(r.places[x.slot]) - 1
	if i < 0 {
		i = len(x.items)
		x.items = append(x.items, item{})
	} else if x.items[i].at == at {
		return
	}
	x.put(i, item{at: at, r: r})
	x.down(x.up(i))
	x.next.Store(x.items[0].at)
}

// remove takes the record out, if it is in.
func (x *index) remove(r *record) {
	i := int(r.places[x.slot]) - 1
	if i < 0 {
		return
	}
	r.places[x.slot] = 0
	last := len(x.items) - 1
	moved := x.items[last]
	x.items[last] = item{}
	x.items = x.items[:last]
	if i < last {
		x.put(i, moved)
		x.down(x.up(i))
	}
	if cap(x.items) > 64 && last < cap(x.items)/4 {
		x.items = slices.Clone(x.items)
	}
	x.next.Store(x.first())
}

func (x *index) first() int64 {
	if len(x.items) == 0 {
		return never
	}
	return x.items[0].at
}

func (x *index) put(i int, it item) {
	x.items[i] = it
	it.r.places[x.slot] = uint32(i + 1)
}

// up moves item i towards the front and returns where it came to rest.
func (x *index) up(i int) int {
	it := x.items[i]
	for i > 0 {
		parent := (i - 1) / 2
		if x.items[parent].at <= it.at {
			break
		}
		x.put(i, x.items[parent])
		i = parent
	}
	x.put(i, it)
	return i
}

// down moves item i away from the front.
func (x *index) down(i int) {
	it := x.items[i]
	for {
		child := 2*i + 1
		if child >= len(x.items) {
			break
		}
		if child+1 < len(x.items) && x.items[child+1].at < x.items[child].at {
			child++
		}
		if it.at <= x.items[child].at {
			break
		}
		x.put(i, x.items[child])
		i = child
	}
	x.put(i, it)
}
