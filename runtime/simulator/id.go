package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// ids makes ids of Bandwidth's shapes from a seed.
type ids struct{ random *rand.Rand }

func newIDs(seed uint64) ids { return ids{rand.New(rand.NewPCG(seed, 0x62786d6c))} }

// uuid returns a random uuid, version 4.
func (i ids) uuid() string {
	a, b := i.random.Uint64(), i.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}

// make returns PREFIX-<8 hex>-<uuid>: prefix c for calls, conf for conferences, s for streams, t for real-time transcriptions.
func (i ids) make(prefix string) string {
	return fmt.Sprintf("%s-%08x-%s", prefix, i.random.Uint32(), i.uuid())
}

// short returns PREFIX-<uuid>: prefix r for recordings, t for their transcriptions.
func (i ids) short(prefix string) string { return prefix + "-" + i.uuid() }

// sipCallID returns the SIP Call-ID of a call.
func sipCallID(callID string) string {
	return strings.ReplaceAll(callID, "-", "") + "@sbc.bandwidth.com"
}
