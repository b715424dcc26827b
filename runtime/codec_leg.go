package runtime

import (
	"encoding/binary"
)

// appendRare appends what few machines have: timers, legs, and More.
func (m *Machine) appendRare(dst []byte) []byte {
	if m.LastTimer != 0 {
		dst = binary.AppendUvarint(dst, uint64(m.LastTimer))
	}
	for i := range m.Timers {
		t := &m.Timers[i]
		dst = binary.AppendUvarint(dst, uint64(t.ID))
		dst = binary.AppendVarint(dst, t.Due)
		dst = append(dst, byte(t.Frame))
		dst = binary.AppendUvarint(dst, uint64(t.After))
	}
	for i := range m.Legs {
		dst = m.Legs[i].append(dst)
	}
	if m.More != nil {
		dst = m.More.append(dst)
	}
	return dst
}

// rare reads what appendRare wrote. A timer of a state that there is not cannot be.
func (d *decoder) rare(m *Machine, n *quantities) {
	if n.has&hasTimers != 0 {
		m.LastTimer = d.uint32()
	}
	for i := 0; i < n.timers && !d.bad; i++ {
		t := Timer{ID: d.uint32(), Due: d.varint(), Frame: int(d.byte()), After: int(d.uint32())}
		if t.Frame >= len(m.Frames) || t.After >= len(m.Frames[t.Frame].Flow.Afters) {
			d.bad = true
			return
		}
		m.Timers = append(m.Timers, t)
	}
	for i := 0; i < n.legs && !d.bad; i++ {
		m.Legs = append(m.Legs, d.leg())
	}
	if n.has&hasMore != 0 {
		m.More = d.more()
	}
}

// flagged returns a byte with the n-th bit set when the n-th condition is true.
func flagged(conditions ...bool) (b byte) {
	for i, is := range conditions {
		if is {
			b |= 1 << i
		}
	}
	return b
}

func (l *Leg) append(dst []byte) []byte {
	dst = append(dst, flagged(l.Answered, l.Ended))
	dst = appendPacked(dst, l.Name, "")
	dst = appendPacked(dst, l.Key, "")
	dst = appendPacked(dst, l.CallID, "")
	dst = appendPacked(dst, l.To, "")
	return appendPacked(dst, l.Cause, "")
}

func (d *decoder) leg() Leg {
	flags := d.byte()
	return Leg{
		Answered: flags&1 != 0, Ended: flags&2 != 0,
		Name: d.packed(""), Key: d.packed(""), CallID: d.packed(""), To: d.packed(""), Cause: d.packed(""),
	}
}

// append writes first which parts there are: a leg has other ones than a conference.
func (o *More) append(dst []byte) []byte {
	dst = append(dst, flagged(
		o.Maker != "", o.Keep, o.Target != "", o.Bridging != "", o.Conference != "", o.With != nil,
		o.Name != "" || o.Creator != "" || len(o.Members) > 0, o.Rings != 0,
	))
	for _, s := range [...]string{o.Maker, o.Target, o.Bridging, o.Conference} {
		if s != "" {
			dst = appendPacked(dst, s, "")
		}
	}
	if o.With != nil {
		dst = appendValue(dst, o.With, nil)
	}
	if o.Rings != 0 {
		dst = binary.AppendUvarint(dst, uint64(o.Rings))
	}
	if o.Name != "" || o.Creator != "" || len(o.Members) > 0 {
		dst = appendPacked(appendPacked(dst, o.Name, ""), o.Creator, "")
		dst = binary.AppendUvarint(dst, uint64(len(o.Members)))
		for _, callID := range o.Members {
			dst = appendPacked(dst, callID, "")
		}
	}
	return dst
}

func (d *decoder) more() *More {
	flags, o := d.byte(), &More{}
	text := func(bit byte, into *string) {
		if flags&bit != 0 {
			*into = d.packed("")
		}
	}
	text(1, &o.Maker)
	o.Keep = flags&2 != 0
	text(4, &o.Target)
	text(8, &o.Bridging)
	text(16, &o.Conference)
	if flags&32 != 0 {
		o.With, _ = d.value(nil, 0).(map[string]any)
	}
	if flags&128 != 0 {
		o.Rings = uint16(d.uint32())
	}
	if flags&64 != 0 {
		o.Name, o.Creator = d.packed(""), d.packed("")
		for n := d.count(); n > 0 && !d.bad; n-- {
			o.Members = append(o.Members, d.packed(""))
		}
	}
	return o
}
