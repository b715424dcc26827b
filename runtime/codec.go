package runtime

import (
	"encoding/binary"
	"errors"

	"github.com/bxmlflow/bxmlflow/flow"
)

// codecFormat is the first byte of a record. A program reads its own format and refuses others, so that an older one
// never overwrites what it does not understand.
const codecFormat = 2

// Errors of Decode. What it returns wraps one of them.
var (
	// ErrFormat says that the record was written by a newer version of this package.
	ErrFormat = errors.New("record of an unknown format")
	// ErrVersion says that the version of the flow is not known here.
	ErrVersion = errors.New("unknown flow version")
	// ErrCorrupt says that the record cannot be read.
	ErrCorrupt = errors.New("corrupt record")
)

// Flows finds flows by the hash of their content.
type Flows interface {
	// Version returns the flow with that hash, nil when it is not known.
	Version(flow.Hash) *flow.Flow
}

// callField returns the i-th text of c in the order of the record, which is that of flow.CallField; nil behind the last.
func (c *Call) callField(i int) *string {
	switch i {
	case 0:
		return &c.ID
	case 1:
		return &c.From
	case 2:
		return &c.To
	case 3:
		return &c.Direction
	case 4:
		return &c.Tag
	case 5:
		return &c.AccountID
	case 6:
		return &c.ApplicationID
	case 7:
		return &c.StartTime
	case 8:
		return &c.AnswerTime
	case 9:
		return &c.Parent
	case 10:
		return &c.Root
	case 11:
		return &c.Leg
	}
	return nil
}

// Append appends the machine in a compact binary form: the same bytes for the same machine.
//
//	format            1 byte
//	head              flow hash, key, flow and what is known of the call: seldom changes
//	numbers           numbersSize bytes, see appendNumbers
//	keys              keySize bytes each
//	frames            state, visits, variables (those at their default in one byte), params, saved fields
//	cause, effects, timers, legs, more, whose numbers are varints, as those of the frames
//
// What every webhook reads and writes has a fixed size; texts of the head are packed as codec_text.go tells.
func (m *Machine) Append(dst []byte) []byte {
	dst, _ = m.encode(dst)
	return dst
}

// encode is Append. It also returns how long the head is, which stands behind the first byte.
func (m *Machine) encode(dst []byte) (data []byte, head int) {
	dst = append(dst, codecFormat)
	from := len(dst)
	if m.head != nil {
		dst = append(dst, m.head...)
	} else {
		dst = m.appendHead(dst)
	}
	head = len(dst) - from
	dst = m.appendNumbers(dst)
	for i := range m.Keys {
		dst = append(dst, m.Keys[i].Hash[:]...)
		dst = binary.LittleEndian.AppendUint32(dst, m.Keys[i].Turn)
	}
	for i := range m.Frames {
		dst = m.Frames[i].append(dst)
	}
	dst = appendPacked(dst, m.Call.Cause, "")
	for i := range m.Effects {
		dst = m.Effects[i].append(dst)
	}
	return m.appendRare(dst), head
}

// Sizes of what a record holds in a fixed form.
const (
	numbersSize = 40
	keySize     = len(Key{}.Hash) + 4
)

// A visit takes four bytes: the state and, in the lower bits, how often it was entered.
const (
	visitSize = 4
	visitBits = 18
	visitMost = 1<<visitBits - 1
)

// The first byte of the numbers holds the phase and, above it, what there is of what few machines have.
const (
	hasTimers = 1 << 6 // LastTimer is not 0
	hasMore   = 1 << 7
	phaseBits = hasTimers - 1
)

// appendNumbers appends the phase, the counters and how many there are of everything that follows.
func (m *Machine) appendNumbers(dst []byte) []byte {
	var b [numbersSize]byte
	le := binary.LittleEndian
	b[0], b[1] = byte(m.Phase), byte(len(m.Frames))
	if m.LastTimer != 0 {
		b[0] |= hasTimers
	}
	if m.More != nil {
		b[0] |= hasMore
	}
	le.PutUint16(b[2:], uint16(len(m.Keys)))
	le.PutUint16(b[4:], uint16(len(m.Effects)))
	b[6], b[7] = byte(len(m.Timers)), byte(len(m.Legs))
	le.PutUint32(b[8:], m.Turn)
	le.PutUint32(b[12:], m.AnswerTurn)
	le.PutUint32(b[16:], m.Steps)
	le.PutUint32(b[20:], m.LastEffect)
	le.PutUint64(b[24:], uint64(m.Started))
	le.PutUint64(b[32:], uint64(m.Touched))
	return append(dst, b[:]...)
}

// appendHead appends what seldom changes.
func (m *Machine) appendHead(dst []byte) []byte {
	dst = append(dst, m.Hash[:]...)
	dst = appendPacked(dst, m.Key, "")
	dst = appendPacked(dst, m.Call.ID, m.Key)
	dst = appendPacked(dst, m.Flow, m.Key)
	return m.Call.appendFields(dst)
}

// appendFields appends the fields but the id: a set of bits that says which are there, then their texts.
func (c *Call) appendFields(dst []byte) []byte {
	var present uint64
	for i := 1; c.callField(i) != nil; i++ {
		if *c.callField(i) != "" {
			present |= 1 << i
		}
	}
	dst = binary.AppendUvarint(dst, present)
	for i := 1; c.callField(i) != nil; i++ {
		if present&(1<<i) != 0 {
			dst = appendPacked(dst, *c.callField(i), c.ID)
		}
	}
	return dst
}

func (f *Frame) append(dst []byte) []byte {
	id := 0
	if f.State != nil {
		id = f.State.ID + 1
	}
	dst = binary.AppendUvarint(dst, uint64(id))
	dst = binary.AppendUvarint(dst, uint64(len(f.Visits)))
	for _, v := range f.Visits {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(v.State)<<visitBits|min(v.Count, visitMost))
	}
	dst = binary.AppendUvarint(dst, uint64(len(f.Vars)))
	for i, v := range f.Vars {
		dst = appendValue(dst, v, f.Flow.Vars[i].Default)
	}
	dst = binary.AppendUvarint(dst, uint64(len(f.Params)))
	for i, v := range f.Params {
		dst = appendValue(dst, v, f.Flow.Params[i].Value)
	}
	dst = binary.AppendUvarint(dst, uint64(len(f.Saved)))
	for _, s := range f.Saved {
		dst = s.append(dst)
	}
	return dst
}

// append writes a field of the carrier's events by name, because its number may be another in the next version.
func (s Saved) append(dst []byte) []byte {
	dst = append(dst, byte(s.Slot.Root()))
	if s.Slot.Root() == flow.RootEvent {
		dst = appendText(dst, s.Slot.Field().String())
	} else {
		dst = binary.AppendUvarint(dst, uint64(s.Slot.Index()))
	}
	return appendValue(dst, s.Value, nil)
}

func (e *Effect) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(e.ID))
	dst = binary.AppendUvarint(dst, uint64(e.Turn))
	dst = append(dst, e.Attempts)
	dst = binary.AppendVarint(dst, e.Next)
	return e.Request.append(dst)
}
