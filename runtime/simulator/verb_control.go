package simulator

import (
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// controlVerbs are the verbs that steer the call.
func controlVerbs() map[string]starter {
	return map[string]starter{
		"Hangup":   hangup,
		"Redirect": redirect,
		"Tag":      setTag,
		"Forward":  startForward,
		"Refer":    answering(startRefer),
		"Connect":  answering(connect),
	}
}

// hangup ends the call. One that has not been answered is rejected by it; the page of disconnect knows no other cause for that.
func hangup(x *execution) verb {
	x.leg.end(causeHangup, "")
	return nil
}

func redirect(x *execution) verb {
	x.finish("redirect", &event.Redirect{})
	return nil
}

func setTag(x *execution) verb {
	x.leg.tag = strings.TrimSpace(x.element.Text)
	return nil
}

// endpointLife is how long an endpoint of Connect lives, which is all that is played of it: then the next verb runs.
const endpointLife = 24 * time.Hour

func connect(x *execution) verb {
	x.after(endpointLife, x.done)
	return idle{}
}
