package runtime

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestAlarmsRingWhenTheirTimeHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarms()
		var rung []string
		ring := func() time.Duration { return a.ring(func(key string) { rung = append(rung, key) }) }
		for i, after := range []time.Duration{3 * time.Second, time.Second, 2 * time.Second} {
			a.set(fmt.Sprint(i), int64(i+1), after)
		}
		a.set("0", 9, 500*time.Millisecond) // something of the machine is due earlier now
		if got := ring(); got != 500*time.Millisecond || len(rung) != 0 {
			t.Errorf("%s to the first, %v rang", got, rung)
		}
		if !a.early("0", 9) || a.early("0", 1) || a.early("nobody", 9) {
			t.Error("what is due too early is not known")
		}
		time.Sleep(time.Second)
		if got := ring(); got != time.Second || !slices.Equal(rung, []string{"0", "1"}) {
			t.Errorf("%s to the next, %v rang", got, rung)
		}
		if a.early("0", 9) {
			t.Error("what has rung is early")
		}
		time.Sleep(time.Second)
		if got := ring(); got != effectScan || len(rung) != 3 || len(a.byKey) != 0 {
			t.Errorf("%s to the next, %v rang, %d are left", got, rung, len(a.byKey))
		}
	})
}

func TestAlarmsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarms()
		for i := range maxAlarms + 10 {
			a.set(fmt.Sprint(i), 1, time.Hour)
		}
		if len(a.queue) != maxAlarms || len(a.byKey) != maxAlarms {
			t.Errorf("%d alarms", len(a.queue))
		}
	})
}
