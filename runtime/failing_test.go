package runtime

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestAMachineThatFailsIsLeftAloneForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f failing
		for _, rest := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			f.note("a", true)
			time.Sleep(rest*time.Second - time.Millisecond)
			if known, resting := f.known("a"); !known || !resting {
				t.Errorf("before %d s: known %t, resting %t", rest, known, resting)
			}
			time.Sleep(time.Millisecond)
			if known, resting := f.known("a"); !known || resting {
				t.Errorf("after %d s: known %t, resting %t", rest, known, resting)
			}
		}
		if f.note("a", false); f.count() != 0 {
			t.Errorf("%d machines are known to fail", f.count())
		}
	})
}

func TestWhatIsKnownOfMachinesThatFailIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f failing
		for i := range maxFailing + 10 {
			f.note(fmt.Sprint("gone ", i), true)
		}
		if got := f.count(); got != maxFailing {
			t.Errorf("%d machines are known to fail", got)
		}
		time.Sleep(3 * time.Minute)
		f.note("new", true)
		if known, _ := f.known("new"); !known || f.count() != 1 {
			t.Errorf("those that nobody found are still known: %d", f.count())
		}
	})
}
