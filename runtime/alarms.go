package runtime

import (
	prio "container/heap"
	"strings"
	"sync"
	"time"
)

// maxAlarms bounds the machines whose next due time is known; those beyond are found by the scan.
const maxAlarms = 1 << 17

// alarms know when something of a machine is due, by the time that passes in this process: a clock that is set does not ring
// them. It is safe for concurrent use.
type alarms struct {
	sooner chan struct{} // told when the first alarm has become another

	mu    sync.Mutex
	queue alarmQueue
	byKey map[string]*alarm
}

// alarm is the next due time of a machine.
type alarm struct {
	key   string
	due   int64     // Unix milliseconds, by the clock
	at    time.Time // the same, by the time that passes
	place int       // in the queue
}

func newAlarms() alarms {
	return alarms{sooner: make(chan struct{}, 1), byKey: map[string]*alarm{}}
}

// set notes that something of a machine is due after a time.
func (a *alarms) set(key string, due int64, after time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := time.Now().Add(after)
	known := a.byKey[key]
	switch {
	case known == nil && len(a.queue) >= maxAlarms:
		return
	case known == nil:
		known = &alarm{key: strings.Clone(key), due: due, at: at}
		a.byKey[known.key] = known
		prio.Push(&a.queue, known)
	case known.due == due:
		return
	default:
		known.due, known.at = due, at
		prio.Fix(&a.queue, known.place)
	}
	if known.place == 0 {
		select {
		case a.sooner <- struct{}{}:
		default:
		}
	}
}

// ring calls wake for every machine whose time has come, and returns how long it is to the next.
func (a *alarms) ring(wake func(key string)) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.queue) > 0 {
		first := a.queue[0]
		if left := time.Until(first.at); left > 0 {
			return left
		}
		prio.Pop(&a.queue)
		delete(a.byKey, first.key)
		wake(first.key)
	}
	return effectScan
}

// early reports whether what is due at that time has not waited for as long as it should: the clock was set forward.
func (a *alarms) early(key string, due int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	known := a.byKey[key]
	return known != nil && known.due == due && time.Until(known.at) > 0
}

// alarmQueue is a heap of alarms.
type alarmQueue []*alarm

func (q alarmQueue) Len() int           { return len(q) }
func (q alarmQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }

func (q alarmQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push appends an alarm.
func (q *alarmQueue) Push(x any) {
	one := x.(*alarm)
	one.place = len(*q)
	*q = append(*q, one)
}

// Pop removes the last alarm.
func (q *alarmQueue) Pop() any {
	last := len(*q) - 1
	one := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return one
}
