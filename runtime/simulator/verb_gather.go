package simulator

import (
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// gatherVerbs are the verbs that take keys and speech.
func gatherVerbs() map[string]starter {
	return map[string]starter{
		"Gather":      answering(startGather),
		"StartGather": answering(keepGathering),
		"StopGather":  func(x *execution) verb { x.leg.gatherer = nil; return nil },
	}
}

// gather is a Gather. It plays its prompts and waits firstDigitTimeout, repeatCount times, until something is pressed or said.
// Then it collects until a terminating digit, maxDigits, or a silence of interDigitTimeout or speechTimeout.
type gather struct {
	x              *execution
	round, prompt  int
	digits, text   string
	began          bool   // something was pressed or said
	timer          *timer // of the prompt, or of the silence
	dtmf, speaking bool   // what input asks for
}

func startGather(x *execution) verb {
	input := x.value("input")
	g := &gather{x: x, dtmf: input != "speech", speaking: input != "dtmf"}
	ahead := x.leg.ahead
	x.leg.ahead = ""
	for i := 0; i < len(ahead) && !x.closed; i++ {
		g.digit(ahead[i])
	}
	if !g.began && !x.closed {
		g.play()
	}
	return g
}

func (g *gather) cancel(reason) {}

// play plays the next prompt, or begins the wait after the last one.
func (g *gather) play() {
	if g.prompt == len(g.x.element.Children) {
		g.wait(g.x.seconds("firstDigitTimeout"), g.again)
		return
	}
	lasts, ok := g.x.prompt(g.x.element.Children[g.prompt])
	g.prompt++
	if ok {
		g.wait(lasts, g.play)
	}
}

// again begins the next round, or ends with nothing. Without prompts there is nothing to repeat.
func (g *gather) again() {
	g.round++
	if g.round >= g.x.number("repeatCount") || len(g.x.element.Children) == 0 {
		g.finish("")
		return
	}
	g.prompt = 0
	g.play()
}

func (g *gather) wait(d time.Duration, then func()) {
	g.x.stop(g.timer)
	g.timer = g.x.after(d, then)
}

func (g *gather) digit(d byte) bool {
	if !g.dtmf {
		return false
	}
	g.began = true
	if strings.IndexByte(g.x.value("terminatingDigits"), d) >= 0 {
		g.finish(string(d))
		return true
	}
	g.digits += string(d)
	if len(g.digits) >= g.x.number("maxDigits") {
		g.finish("")
		return true
	}
	g.wait(g.x.seconds("interDigitTimeout"), func() { g.finish("") })
	return true
}

// speech takes what was said. What is recognized so far is reported when the party stops speaking; a silence of speechTimeout
// ends the gather.
func (g *gather) speech(text string, lasts time.Duration) bool {
	if !g.speaking {
		return false
	}
	g.began = true
	g.text = strings.TrimSpace(g.text + " " + text)
	g.wait(lasts, func() {
		x := g.x
		x.leg.notify("partialgather", &event.PartialGather{Text: g.text}, x.targets(x.element, "partialGather"))
		g.wait(x.seconds("speechTimeout"), func() { g.finish("") })
	})
	return true
}

// finish reports what was collected. Without gatherUrl it is lost and the next verb runs.
func (g *gather) finish(terminating string) {
	w := &event.Gather{Digits: g.digits, TerminatingDigit: terminating, Extra: empty("digits", "terminatingDigit")}
	if g.speaking {
		w.Text = g.text
	}
	g.x.finish("gather", w)
}

// gatherer is a StartGather: it reports every key that no verb takes, until StopGather or the end of the call.
type gatherer struct {
	leg     *leg
	targets targets
}

func keepGathering(x *execution) verb {
	x.leg.gatherer = &gatherer{leg: x.leg, targets: x.targets(x.element, "dtmf")}
	return nil
}

func (g *gatherer) digit(d byte, later time.Duration) {
	g.leg.notify("dtmf", &event.DTMF{EventTime: event.TimeOf(g.leg.c.now().Add(later)), Digit: string(d)}, g.targets)
}
