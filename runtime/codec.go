package runtime

import (
	"encoding/binary"
	"errors"

	"github.com/bxmlflow/bxmlflow/flow"
)

// codecFormat is the first byte of a record. A program reads its own format and refuses others, so that an older one
// never overwrites what it does not understand.
const codecFormat = 1

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
	case 12:
		return &c.Cause
	}
	return nil
}

// Append appends the machine in a compact binary form: the same bytes for the same machine.
//
//	format            1 byte
//	head              flow hash, key, flow and what is known of the call: seldom changes
//	phase, numbers    varints; texts as codec_text.go packs them
//	frames            state, visits, variables (those at their default in one byte), params, saved fields
//	keys              16 bytes and the turn each
//	effects, timers
func (m *Machine) Append(dst []byte) []byte {
	dst = append(dst, codecFormat)
	if m.head != nil {
		dst = append(dst, m.head...)
	} else {
		dst = m.appendHead(dst)
	}
	dst = append(dst, byte(m.Phase))
	dst = binary.AppendUvarint(dst, uint64(m.Turn))
	dst = binary.AppendVarint(dst, int64(m.Turn)-int64(m.AnswerTurn))
	dst = binary.AppendUvarint(dst, uint64(m.Steps))
	dst = binary.AppendVarint(dst, m.Started)
	dst = binary.AppendVarint(dst, m.Touched-m.Started)
	dst = binary.AppendUvarint(dst, uint64(len(m.Frames)))
	for i := range m.Frames {
		dst = m.Frames[i].append(dst)
	}
	dst = appendKeys(dst, m.Keys)
	dst = binary.AppendUvarint(dst, uint64(m.LastEffect))
	dst = binary.AppendUvarint(dst, uint64(len(m.Effects)))
	for i := range m.Effects {
		dst = m.Effects[i].append(dst)
	}
	dst = binary.AppendUvarint(dst, uint64(len(m.Timers)))
	for _, t := range m.Timers {
		dst = binary.AppendUvarint(dst, uint64(t.ID))
		dst = binary.AppendVarint(dst, t.Due)
		dst = binary.AppendVarint(dst, int64(t.Transition))
	}
	return dst
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
		dst = binary.AppendUvarint(dst, uint64(v.State))
		dst = binary.AppendUvarint(dst, uint64(v.Count))
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

func appendKeys(dst []byte, keys []Key) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(keys)))
	last := int64(0)
	for _, k := range keys {
		dst = append(dst, k.Hash[:]...)
		dst = binary.AppendVarint(dst, int64(k.Turn)-last)
		last = int64(k.Turn)
	}
	return dst
}

func (e *Effect) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(e.ID))
	dst = binary.AppendUvarint(dst, uint64(e.Turn))
	dst = append(dst, e.Attempts)
	dst = binary.AppendVarint(dst, e.Next)
	return e.Request.append(dst)
}
