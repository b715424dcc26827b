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

// due returns when the machine has to be looked at again: the earliest of its timers and of the retries of the effects that may
// come next, in Unix milliseconds, 0 for never. Pending says that one of these effects was not tried yet.
func (m *Machine) due() (at int64, pending bool) {
	if len(m.Effects) > 0 {
		at, pending = m.effectsDue()
	}
	for i := range m.Timers {
		if t := m.Timers[i].Due; at == 0 || t < at {
			at = t
		}
	}
	return at, pending
}

// effectsDue returns when the first of the effects that may come next is due again, and whether one of them waits to be tried.
func (m *Machine) effectsDue() (at int64, pending bool) {
	at = m.Effects[0].Next
	i := m.overtaker()
	if i < 0 {
		return at, at == 0
	}
	next := m.Effects[i].Next
	if at == 0 || next != 0 && next < at {
		at, next = next, at
	}
	return at, at == 0 || next == 0
}

// nextEffect returns the place of the effect to be performed now, -1 for none. Effects are performed in order, but one that asks
// a service and waits to be tried again lets pass what the call needs.
func (m *Machine) nextEffect(now int64) int {
	if len(m.Effects) == 0 {
		return -1
	}
	if m.Effects[0].Next <= now {
		return 0
	}
	if i := m.overtaker(); i >= 0 && m.Effects[i].Next <= now {
		return i
	}
	return -1
}

// overtaker returns the place of the effect that need not wait until the first one is done, -1 for none: behind a service the
// first one that the call itself needs. Those keep their order among each other, as do those that ask services.
func (m *Machine) overtaker() int {
	if len(m.Effects) == 0 || m.Effects[0].ofCall() {
		return -1
	}
	return slices.IndexFunc(m.Effects, func(e Effect) bool { return e.ofCall() })
}

// ofCall reports whether the call itself, or another machine, waits for the effect: nothing that a flow asks of a service may
// hold it up.
func (e *Effect) ofCall() bool {
	switch e.Request.Operation {
	case opDial, opHangUp, opPush, opTell:
		return true
	}
	return false
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
