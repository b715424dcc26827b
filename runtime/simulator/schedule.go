package simulator

import (
	"container/heap"
	"time"
)

// timer is something that happens at an instant.
type timer struct {
	at    time.Time
	tie   uint64 // random with Choices.Shuffle, else 0
	seq   uint64
	index int // in the heap, -1 when it is not there
	run   func()
}

// stop takes t out of the schedule. Stopping twice, or a timer that ran, does nothing.
func (c *Carrier) stop(t *timer) {
	if t != nil && t.index >= 0 {
		heap.Remove(&c.schedule, t.index)
	}
}

// after lets run happen d from now, with the lock held. What happens at the same instant happens in the order of the calls,
// or in random order with Choices.Shuffle.
func (c *Carrier) after(d time.Duration, run func()) *timer {
	c.seq++
	t := &timer{at: c.now().Add(max(d, 0)), seq: c.seq, run: run}
	if c.cfg.Choices.Shuffle {
		t.tie = c.ties.Uint64()
	}
	heap.Push(&c.schedule, t)
	c.poke()
	return t
}

// schedule is a heap of timers.
type schedule []*timer

func (s schedule) Len() int { return len(s) }

func (s schedule) Less(i, j int) bool {
	a, b := s[i], s[j]
	if !a.at.Equal(b.at) {
		return a.at.Before(b.at)
	}
	if a.tie != b.tie {
		return a.tie < b.tie
	}
	return a.seq < b.seq
}

func (s schedule) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].index, s[j].index = i, j
}

// Push is for container/heap.
func (s *schedule) Push(x any) {
	t := x.(*timer)
	t.index = len(*s)
	*s = append(*s, t)
}

// Pop is for container/heap.
func (s *schedule) Pop() any {
	last := len(*s) - 1
	t := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	t.index = -1
	return t
}
