package runtime

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// decoder reads a record. After the first thing that cannot be read bad is set and everything reads as zero.
type decoder struct {
	key   string // of the record, when it is known
	data  []byte
	arena []byte   // of texts that were packed; memory of the machine
	boxes []string // of variables
	bad   bool
}

// Sizes of the memory of an ordinary call.
const (
	arenaSize   = 256
	boxesSize   = 4
	longestText = 64 // what unpacking one text takes at most
)

// built returns the text that build appends. What was built before stays as it is: memory is only ever added to.
func (d *decoder) built(build func([]byte) []byte) string {
	if cap(d.arena)-len(d.arena) < longestText {
		d.arena = make([]byte, 0, arenaSize)
	}
	from := len(d.arena)
	d.arena = build(d.arena)
	return alias(d.arena[from:])
}

// box returns s as an interface value. A conversion would allocate the header of every text; here they lie in one piece of
// memory of the machine, and are good as long as the texts are.
func (d *decoder) box(s string) any {
	if len(s) < 2 {
		return boxed(s)
	}
	if len(d.boxes) == cap(d.boxes) {
		d.boxes = make([]string, 0, boxesSize)
	}
	d.boxes = append(d.boxes, s)
	var v any = ""
	(*[2]unsafe.Pointer)(unsafe.Pointer(&v))[1] = unsafe.Pointer(&d.boxes[len(d.boxes)-1])
	return v
}

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.data) {
		d.bad, d.data = true, nil
		return nil
	}
	b := d.data[:n]
	d.data = d.data[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uvarint() uint64 {
	if len(d.data) > 0 && d.data[0] < 0x80 {
		v := d.data[0]
		d.data = d.data[1:]
		return uint64(v)
	}
	v, n := binary.Uvarint(d.data)
	if n <= 0 {
		d.bad, d.data = true, nil
		return 0
	}
	d.data = d.data[n:]
	return v
}

func (d *decoder) varint() int64 {
	if len(d.data) > 0 && d.data[0] < 0x80 {
		v := int64(d.data[0])
		d.data = d.data[1:]
		return v>>1 ^ -(v & 1)
	}
	v, n := binary.Varint(d.data)
	if n <= 0 {
		d.bad, d.data = true, nil
		return 0
	}
	d.data = d.data[n:]
	return v
}

func (d *decoder) uint32() uint32 {
	v := d.uvarint()
	if v > math.MaxUint32 {
		d.bad = true
	}
	return uint32(v)
}

// count reads the number of things that follow, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.data)) {
		d.bad, d.data = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) text() string { return d.view(d.uvarint()) }

// view returns the next n bytes as a text that aliases the record.
func (d *decoder) view(n uint64) string {
	if n > uint64(len(d.data)) {
		d.bad, d.data = true, nil
		return ""
	}
	return alias(d.bytes(int(n)))
}

// alias returns b as a text without copying it. b must not change while the text is used.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
