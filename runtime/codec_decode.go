package runtime

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Decode reads what Append wrote. The flow comes from flows, by its hash. It reuses the memory of m: texts of the machine
// are good until the next Decode into it, and as long as data, which they alias, does not change. On an error m is a new
// machine.
func (m *Machine) Decode(data []byte, flows Flows) error { return m.decode("", data, flows) }

// decode is Decode for who knows the key of the record and need not have it unpacked; "" for who does not.
func (m *Machine) decode(key string, data []byte, flows Flows) error {
	m.Reset()
	d := decoder{data: data, arena: m.arena[:0], boxes: m.boxes[:0], key: key}
	err := d.machine(m, flows)
	m.arena, m.boxes = d.arena, d.boxes
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
	d.head(m)
	n := d.numbers(m)
	d.keys(m, n.keys)
	if d.bad || m.Phase > Ended || n.frames == 0 {
		return ErrCorrupt
	}
	if err := d.frames(m, n.frames, flows); err != nil {
		return err
	}
	m.Call.Cause = d.packed("")
	for i := 0; i < n.effects && !d.bad; i++ {
		m.Effects = append(m.Effects, d.effect())
	}
	d.rare(m, &n)
	return nil
}

// quantities are the numbers of things in a record.
type quantities struct {
	frames, keys, effects, timers, legs int
	has                                 byte // the bits above the phase
}

// numbers reads what appendNumbers wrote.
func (d *decoder) numbers(m *Machine) quantities {
	b := d.bytes(numbersSize)
	if b == nil {
		return quantities{}
	}
	le := binary.LittleEndian
	m.Phase = Phase(b[0] & phaseBits)
	m.Turn, m.AnswerTurn = le.Uint32(b[8:]), le.Uint32(b[12:])
	m.Steps, m.LastEffect = le.Uint32(b[16:]), le.Uint32(b[20:])
	m.Started, m.Touched = int64(le.Uint64(b[24:])), int64(le.Uint64(b[32:]))
	return quantities{int(b[1]), int(le.Uint16(b[2:])), int(le.Uint16(b[4:])), int(b[6]), int(b[7]), b[0] &^ phaseBits}
}

// keys reads n keys.
func (d *decoder) keys(m *Machine, n int) {
	b := d.bytes(n * keySize)
	for len(b) >= keySize {
		m.Keys = append(m.Keys, Key{Hash: [16]byte(b), Turn: binary.LittleEndian.Uint32(b[16:])})
		b = b[keySize:]
	}
}

// head reads what seldom changes, and keeps its bytes for the next Append.
func (d *decoder) head(m *Machine) {
	from := d.data
	copy(m.Hash[:], d.bytes(len(m.Hash)))
	m.Key = d.machineKey()
	m.Call.ID = d.packed(m.Key)
	m.Flow = d.packed(m.Key)
	d.call(&m.Call)
	m.head = from[:len(from)-len(d.data)]
}

// machineKey reads the key; one that is known already is not unpacked.
func (d *decoder) machineKey() string {
	if d.key != "" && len(d.data) > 0 && d.data[0] == textCall {
		d.bytes(1 + callSize)
		return d.key
	}
	return d.packed("")
}

func (d *decoder) call(c *Call) {
	for present := d.uvarint(); present != 0 && !d.bad; present &= present - 1 {
		field := c.callField(bits.TrailingZeros64(present))
		if field == nil {
			d.bad = true
			return
		}
		*field = d.packed(c.ID)
	}
}

// frames reads the frames. Only the outermost names its flow: the flow of another is the one that the state below invokes.
func (d *decoder) frames(m *Machine, n int, flows Flows) error {
	for i := range n {
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
	for b := d.bytes(d.count() * visitSize); len(b) >= visitSize; b = b[visitSize:] {
		v := binary.LittleEndian.Uint32(b)
		f.Visits = append(f.Visits, Visit{State: int(v >> visitBits), Count: v & visitMost})
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

func (d *decoder) effect() Effect {
	return Effect{ID: d.uint32(), Turn: d.uint32(), Attempts: d.byte(), Next: d.varint(), Request: d.request()}
}
