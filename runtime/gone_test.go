package runtime_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime"
)

const ending = `
flow: ending
start: {initiate: ask}
states:
  ask:
    entry: [{updateConference: {conferenceId: conf-1, status: completed}}]
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: bye, error: {actions: [{log: "failed, ${event.reason}: ${event.message}"}]}}
  bye: {type: final, bxml: [Hangup]}
`

func TestAConferenceThatIsToEndAndIsGoneHasEnded(t *testing.T) {
	for status, fails := range map[int]bool{404: false, 403: true} {
		s := newStage(t, nil, ending)
		s.carrier.script("updateConference", refused(status))
		s.post("/flows/ending", webhook("initiate", callA))
		s.pass(time.Minute)
		if got := s.carrier.did("updateConference"); len(got) != 1 {
			t.Errorf("%d: it was asked for %q", status, got)
		}
		if got := strings.Contains(s.log.String(), "failed, effect"); got != fails {
			t.Errorf("%d: the flow is told %t: %s", status, got, s.log)
		}
		if m := s.machine(callA); m.Phase != runtime.Live || len(m.Effects) != 0 {
			t.Errorf("%d: the machine is %s with %d effects", status, m.Phase, len(m.Effects))
		}
	}
}
