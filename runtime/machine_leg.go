package runtime

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// legKey returns the key of the machine that an effect of a machine makes: always the same one, so that an effect that is
// performed twice makes one leg.
func legKey(maker string, effect uint32) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(maker+"\x00"), effect))
	return legPrefix + hex.EncodeToString(sum[:16])
}

// due returns when the machine has to be looked at again: the earliest of its timers and of the retry of an effect, in Unix
// milliseconds, 0 for never. Pending says that an effect waits that was not tried yet. Effects of a machine run in order, so
// the first one decides.
func (m *Machine) due() (at int64, pending bool) {
	if len(m.Effects) > 0 {
		at, pending = m.Effects[0].Next, m.Effects[0].Next == 0
	}
	for i := range m.Timers {
		if t := m.Timers[i].Due; at == 0 || t < at {
			at = t
		}
	}
	return at, pending
}

// isConference reports whether m is the machine of a conference and not of a call.
func (m *Machine) isConference() bool {
	return m.More != nil && m.Key != "" && m.More.Conference == m.Key
}

// more returns what m has in More, for a change: a copy, because others may share the one that was there.
func (m *Machine) more() *More {
	c := More{}
	if m.More != nil {
		c = *m.More
	}
	m.More = &c
	return m.More
}

// learnID notes the callId of a leg whose call was made here.
func (m *Machine) learnID(callID string) {
	if m.Call.ID == "" && callID != "" && !isLeg(callID) {
		m.Call.ID, m.head = callID, nil
	}
}

// legOf returns the leg whose machine has the key, nil when m made none.
func (m *Machine) legOf(key string) *Leg {
	if key == "" {
		return nil
	}
	for i := len(m.Legs) - 1; i >= 0; i-- {
		if m.Legs[i].Key == key {
			return &m.Legs[i]
		}
	}
	return nil
}

// legNamed returns the leg that a name means: the one made last. It returns nil when no leg has the name yet.
func (m *Machine) legNamed(name string) *Leg {
	for i := len(m.Legs) - 1; i >= 0; i-- {
		if m.Legs[i].Name == name {
			return &m.Legs[i]
		}
	}
	return nil
}

// nameOf returns what m calls the leg whose machine has the key: "" for a stranger, and for a leg whose name another one has
// got since.
func (m *Machine) nameOf(key string) string {
	l := m.legOf(key)
	if l == nil || m.legNamed(l.Name) != l {
		return ""
	}
	return l.Name
}

// dropPush removes the documents that wait to be sent by REST and reports whether there was one of the turn. A newer document
// or the end of the call makes them needless.
func (m *Machine) dropPush(turn uint32) (was bool) {
	m.Effects = slices.DeleteFunc(m.Effects, func(e Effect) bool {
		if e.Request.Operation != opPush {
			return false
		}
		was = was || e.Turn == turn
		return true
	})
	return was
}
