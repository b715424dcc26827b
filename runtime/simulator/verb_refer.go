package simulator

import (
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// notifyTimeout is how long the carrier waits for the last NOTIFY of a REFER, as its page says.
const notifyTimeout = 30 * time.Second

// startRefer asks the caller's SIP system to call somebody else. What becomes of it depends on the phone of the new party: one
// that is busy, refuses or does not ring makes it fail, any other lets it succeed.
func startRefer(x *execution) verb {
	l := x.leg
	if l.direction != inbound || !strings.HasPrefix(l.to, "sip:") && !strings.HasPrefix(l.from, "sip:") {
		referred(x, &event.ReferComplete{ReferSIPResponseCode: 405})
		return nil
	}
	p := l.c.phones[strings.TrimSpace(x.element.Children[0].Text)]
	wait, code := p.RingAfter+p.AnswerAfter, 200
	switch {
	case p.NoRinging || wait >= notifyTimeout:
		wait, code = notifyTimeout, 0
	case p.Busy:
		code = 486
	case p.Refuse:
		code = 603
	}
	x.after(wait, func() { referred(x, &event.ReferComplete{ReferSIPResponseCode: 202, NotifySIPResponseCode: code}) })
	return idle{}
}

// referred reports the outcome. After a success the call is gone, whatever the application answers.
func referred(x *execution, w *event.ReferComplete) {
	l, t := x.leg, x.targets(x.element, "referComplete")
	if w.NotifySIPResponseCode/100 != 2 {
		w.ReferCallStatus = "failure"
		x.finish("referComplete", w)
		return
	}
	w.ReferCallStatus = "success"
	if l.c.cfg.Choices.NoDisconnectAfterRefer {
		l.disconnect = targets{}
	}
	if t.primary.url == nil {
		l.end(causeHangup, "")
		return
	}
	x.close()
	l.program = nil
	l.request("referComplete", w, t, func(reply) { l.end(causeHangup, "") })
}
