package runtime

import (
	"strings"
	"sync"
	"time"
)

const (
	// maxFailing bounds the machines that are known to fail; what is beyond is looked at by every scan.
	maxFailing = 1 << 15
	// minRest and maxRest are how long a machine that failed is left alone by scans, at first and at last.
	minRest = time.Second
	maxRest = time.Minute
)

// failing knows the machines of which nothing could be done, so that scans go past them: their flow's version is not known here,
// or the store fails for them. Many of them must not hide the others. It is safe for concurrent use.
type failing struct {
	mu    sync.Mutex
	byKey map[string]failure
}

// failure is how often in a row a machine failed, and until when it is left alone.
type failure struct {
	times uint8
	until time.Time
}

// note notes how it went with a machine.
func (f *failing) note(key string, failed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !failed {
		delete(f.byKey, key)
		return
	}
	one, known := f.byKey[key]
	if !known && len(f.byKey) >= maxFailing && !f.forget() {
		return
	}
	if f.byKey == nil {
		f.byKey = map[string]failure{}
	}
	rest := maxRest
	if one.times < 6 { // 1 s, 2 s, 4 s ...
		rest = min(minRest<<one.times, maxRest)
		one.times++
	}
	one.until = time.Now().Add(rest)
	f.byKey[strings.Clone(key)] = one
}

// forget drops machines that no scan has found for a while: they are gone, or somebody else's. It reports whether there is room.
func (f *failing) forget() bool {
	for key, one := range f.byKey {
		if time.Since(one.until) > maxRest {
			delete(f.byKey, key)
		}
	}
	return len(f.byKey) < maxFailing
}

// count returns how many machines are known.
func (f *failing) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.byKey)
}

// known reports whether a machine has failed, and whether it is still to be left alone.
func (f *failing) known(key string) (known, resting bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one, known := f.byKey[key]
	return known, known && time.Until(one.until) > 0
}
