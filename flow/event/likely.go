package event

import (
	"bytes"
	"encoding/binary"
)

// bare reports whether b has neither escapes nor characters other than the printable ones of ASCII, as most webhooks have not.
// Their strings end at the next quote. It looks at 32 bytes at a time.
func bare(b []byte) bool {
	if bytes.IndexByte(b, '\\') >= 0 {
		return false
	}
	// A subtraction of spaces borrows into the top bit of the first byte that is less than one; other bytes have that bit set
	// beforehand, or it stays clear.
	const spaces = ones * ' '
	odd := uint64(0)
	for ; len(b) >= 32; b = b[32:] {
		w, x := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		y, z := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
		odd |= w | x | y | z | (w - spaces) | (x - spaces) | (y - spaces) | (z - spaces)
	}
	for _, c := range b {
		if c < ' ' || c >= 0x80 {
			return false
		}
	}
	return odd&tops == 0
}

// opening is how a member of the event itself that is a string begins in a body: "eventType":"
type opening struct {
	text  string // "" for fields that are no such members, or have longer names
	words [3]uint64
	masks [3]uint64 // of the bytes of words that belong to text
}

// openings are the openings of all fields.
var openings = func() (all [fieldCount]opening) {
	for i, name := range fieldNames {
		o := &all[i]
		text := `"` + name + `":"`
		if id := FieldID(i); id == 0 || topField(name) != id || len(text) > 8*len(o.words) {
			continue
		}
		o.text = text
		for at := range len(text) {
			o.words[at/8] |= uint64(text[at]) << (at % 8 * 8)
			o.masks[at/8] |= 0xff << (at % 8 * 8)
		}
	}
	return all
}()

// at reports whether b begins so.
func (o *opening) at(b []byte) bool {
	if len(b) < 24 {
		return len(b) >= len(o.text) && string(b[:len(o.text)]) == o.text
	}
	le := binary.LittleEndian
	return (le.Uint64(b)^o.words[0])&o.masks[0]|(le.Uint64(b[8:])^o.words[1])&o.masks[1]|(le.Uint64(b[16:])^o.words[2])&o.masks[2] == 0
}

// order holds the member of the event itself that followed each one when it was read last. Bandwidth writes the members of one
// event type in the same order.
type order [fieldCount]FieldID

// orders are those of event types. Types that share a place do no harm: what is expected is compared with what is there.
type orders [16]order

// expect prepares for a body with the members that were read before.
func (s *scanner) expect() {
	if s.e.orders == nil {
		s.e.orders = new(orders)
	}
	s.after = &s.e.orders[0]
}

// typed goes on to the order of the event's type, which is the first member.
func (s *scanner) typed() {
	if n := &s.e.nodes[1]; n.id == FieldEventType && n.shape == quoted {
		s.after = &s.e.orders[bucket(view(s.body[n.from+1:n.to-1]))%uint8(len(s.e.orders))]
	}
}

// learn notes which member of the event itself follows the one before.
func (s *scanner) learn(id FieldID) {
	if s.last != 0 || len(s.e.nodes) == 2 { // the first one follows none
		s.after[s.last] = id
	}
	s.last = id
}

// likely reads members of the event itself for as long as they are strings and each has the name that followed the one before
// when that was read last. It makes the same nodes as name and value do, stops behind a member, and returns how many it has read:
// none when the text is anything else. The body must be bare.
func (s *scanner) likely() (read int) {
	first := len(s.e.nodes)
	if first == 2 {
		s.typed()
	}
	e, body, at, last, after := s.e, s.body, s.pos, s.last, s.after
	nodes := e.nodes[:min(cap(e.nodes), MaxMembers+1)]
	k := first
	for k < len(nodes) {
		id := after[last]
		o := &openings[id]
		if o.text == "" || e.slots[id] != 0 || at > len(body) || !o.at(body[at:]) {
			break
		}
		from := at + len(o.text) // of the text of the value
		length := bytes.IndexByte(body[from:], '"')
		if length < 0 {
			break
		}
		n := &nodes[k]
		n.nameFrom, n.nameTo = uint32(at+1), uint32(from-3)
		s.pos = from + length + 1
		n.from, n.to, n.next = uint32(from-1), uint32(s.pos), uint16(k+1)
		n.id, n.shape, n.flags = id, quoted, 0
		e.slots[id], last = uint16(k), id
		k++
		if s.pos >= len(body) || body[s.pos] != ',' {
			break
		}
		at = s.pos + 1
		if k == 2 {
			e.nodes = nodes[:k]
			s.typed()
			after = s.after
		}
	}
	e.nodes, s.last = nodes[:k], last
	return k - first
}
