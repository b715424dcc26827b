package runtime

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
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

// callField returns the i-th text of c in the order of the record, nil behind the last.
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
//	format, phase     1 byte each
//	flow hash         16 bytes
//	numbers, texts    varints; texts as codec_text.go packs them
//	frames            state, visits, variables (those at their default in one byte), params, saved fields
//	keys              16 bytes and the turn each
//	effects, timers
func (m *Machine) Append(dst []byte) []byte {
	dst = append(dst, codecFormat, byte(m.Phase))
	dst = append(dst, m.Hash[:]...)
	dst = appendPacked(dst, m.Call.ID, "")
	dst = appendPacked(dst, m.Key, m.Call.ID)
	dst = appendPacked(dst, m.Flow, m.Call.ID)
	dst = binary.AppendUvarint(dst, uint64(m.Turn))
	dst = binary.AppendVarint(dst, int64(m.Turn)-int64(m.AnswerTurn))
	dst = binary.AppendUvarint(dst, uint64(m.Steps))
	dst = binary.AppendVarint(dst, m.Started)
	dst = binary.AppendVarint(dst, m.Touched-m.Started)
	dst = m.Call.appendFields(dst)
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

// Decode reads what Append wrote. The flow comes from flows, by its hash. It reuses the memory of m; texts alias data,
// which must not change while they are used. On an error m is a new machine.
func (m *Machine) Decode(data []byte, flows Flows) error {
	m.Reset()
	d := decoder{data: data}
	err := d.machine(m, flows)
	if err == nil && d.bad || err == nil && len(d.data) > 0 {
		err = ErrCorrupt
	}
	if err != nil {
		m.Reset()
		return fmt.Errorf("decode machine: %w", err)
	}
	return nil
}

func (d *decoder) machine(m *Machine, flows Flows) error {
	if format := d.byte(); !d.bad && format != codecFormat {
		return fmt.Errorf("%w: %d", ErrFormat, format)
	}
	m.Phase = Phase(d.byte())
	copy(m.Hash[:], d.bytes(len(m.Hash)))
	m.Call.ID = d.packed("")
	m.Key = d.packed(m.Call.ID)
	m.Flow = d.packed(m.Call.ID)
	m.Turn = d.uint32()
	m.AnswerTurn = d.near(int64(m.Turn))
	m.Steps = d.uint32()
	m.Started = d.varint()
	m.Touched = m.Started + d.varint()
	d.call(&m.Call)
	if d.bad || m.Phase > Ended {
		return ErrCorrupt
	}
	if err := d.frames(m, flows); err != nil {
		return err
	}
	d.keys(m)
	m.LastEffect = d.uint32()
	for n := d.count(); n > 0 && !d.bad; n-- {
		m.Effects = append(m.Effects, d.effect())
	}
	for n := d.count(); n > 0 && !d.bad; n-- {
		m.Timers = append(m.Timers, Timer{ID: d.uint32(), Due: d.varint(), Transition: int(d.varint())})
	}
	return nil
}

func (d *decoder) call(c *Call) {
	present := d.uvarint()
	for i := 1; c.callField(i) != nil; i++ {
		if present&(1<<i) != 0 {
			*c.callField(i) = d.packed(c.ID)
		}
	}
}

// frames reads the frames. Only the outermost names its flow: the flow of another is the one that the state below invokes.
func (d *decoder) frames(m *Machine, flows Flows) error {
	for i := range d.count() {
		fl, err := d.frameFlow(m, i, flows)
		if err != nil {
			return err
		}
		f := m.pushFrame()
		f.Flow = fl
		d.frame(f)
		if d.bad {
			return ErrCorrupt
		}
	}
	return nil
}

func (d *decoder) frameFlow(m *Machine, i int, flows Flows) (*flow.Flow, error) {
	if i == 0 {
		if fl := flows.Version(m.Hash); fl != nil {
			return fl, nil
		}
		return nil, fmt.Errorf("%w: flow %q, %s", ErrVersion, m.Flow, m.Hash)
	}
	if s := m.Frames[i-1].State; s != nil && s.Invoke != nil && i <= flow.MaxInvokeDepth {
		return s.Invoke.Flow, nil
	}
	return nil, ErrCorrupt
}

func (d *decoder) frame(f *Frame) {
	switch id := d.uvarint(); {
	case id > uint64(len(f.Flow.States)):
		d.bad = true
		return
	case id > 0:
		f.State = f.Flow.States[id-1]
	}
	for n := d.count(); n > 0 && !d.bad; n-- {
		f.Visits = append(f.Visits, Visit{State: int(d.uint32()), Count: d.uint32()})
	}
	n := d.count()
	d.bad = d.bad || n != len(f.Flow.Vars)
	for i := 0; i < n && !d.bad; i++ {
		f.Vars = append(f.Vars, d.value(f.Flow.Vars[i].Default, 0))
	}
	n = d.count()
	d.bad = d.bad || n != 0 && n != len(f.Flow.Params)
	for i := 0; i < n && !d.bad; i++ {
		f.Params = append(f.Params, d.value(f.Flow.Params[i].Value, 0))
	}
	for n := d.count(); n > 0 && !d.bad; n-- {
		f.Saved = append(f.Saved, d.saved())
	}
}

func (d *decoder) saved() Saved {
	root, index := flow.Root(d.byte()), 0
	if root == flow.RootEvent {
		index = int(event.FieldNamed(d.text()))
	} else {
		index = int(d.uint32() & 0xffff)
	}
	return Saved{Slot: flow.SlotOf(root, index), Value: d.value(nil, 0)}
}

func (d *decoder) keys(m *Machine) {
	last := int64(0)
	for n := d.count(); n > 0 && !d.bad; n-- {
		var k Key
		copy(k.Hash[:], d.bytes(len(k.Hash)))
		last += d.varint()
		k.Turn = uint32(last)
		m.Keys = append(m.Keys, k)
	}
}

func (d *decoder) effect() Effect {
	return Effect{ID: d.uint32(), Turn: d.uint32(), Attempts: d.byte(), Next: d.varint(), Request: d.request()}
}
