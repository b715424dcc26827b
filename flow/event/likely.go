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
	high, printable := uint64(0), uint64(tops)
	for ; len(b) >= 32; b = b[32:] {
		w, x := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		y, z := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
		high |= w | x | y | z
		// With its top bit set a byte lends to no other, and loses that bit when it is less than a space.
		printable &= ((w | tops) - ones*' ') & ((x | tops) - ones*' ') & ((y | tops) - ones*' ') & ((z | tops) - ones*' ')
	}
	for _, c := range b {
		if c < ' ' || c >= 0x80 {
			return false
		}
	}
	return high&tops == 0 && printable == tops
}

// topTexts are the names of the members of the event itself as they stand in a body: "eventType":
var topTexts = func() (texts [fieldCount]string) {
	for i, name := range fieldNames {
		if id := FieldID(i); id != 0 && topField(name) == id {
			texts[i] = `"` + name + `":`
		}
	}
	return texts
}()

// learn notes which member of the event itself follows the one before.
func (s *scanner) learn(id FieldID) {
	if s.last != 0 || len(s.e.nodes) == 2 { // the first one follows none
		s.e.after[s.last] = id
	}
	s.last = id
}

// likely reads a member of the event itself, if it is a string and has the name that followed the one before when that was read
// last: Bandwidth writes members in the same order. It makes the same node as name and value do, and returns false, having read
// nothing, when the text is anything else. The body must be bare.
func (s *scanner) likely() bool {
	e := s.e
	k := len(e.nodes)
	if k >= cap(e.nodes) || k > MaxMembers {
		return false
	}
	id := e.after[s.last]
	if e.slots[id] != 0 {
		return false
	}
	text, at := topTexts[id], s.pos
	from := at + len(text) // of the value
	if text == "" || from >= len(s.body) || s.body[from] != '"' || string(s.body[at:from]) != text {
		return false
	}
	length := bytes.IndexByte(s.body[from+1:], '"')
	if length < 0 {
		return false
	}
	s.pos, s.last = from+length+2, id
	e.nodes, e.slots[id] = e.nodes[:k+1], uint16(k)
	n := &e.nodes[k]
	n.id, n.nameFrom, n.nameTo = id, uint32(at+1), uint32(from-2)
	n.from, n.to, n.textFrom, n.textTo = uint32(from), uint32(s.pos), 0, 0
	n.next, n.shape, n.flags = uint16(k+1), quoted, 0
	return true
}
