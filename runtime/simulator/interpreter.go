package simulator

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// program is a document that runs.
type program struct {
	verbs []*bxml.Element
	at    int // of the next verb
	base  *url.URL
}

// reason says why something stops a verb before its end.
type reason uint8

const (
	callEnded reason = iota // the call is over
	replaced                // updateCall or updateCallBxml brought other BXML
	taken                   // a Bridge made this leg its target
)

// load runs the answer to a synchronous webhook.
func (l *leg) load(body []byte, base *url.URL) {
	if len(strings.TrimSpace(string(body))) == 0 {
		if l.c.cfg.Choices.EmptyBody == EmptyHangup {
			l.end(causeHangup, "")
			return
		}
		l.refuse("the answer is empty")
		return
	}
	doc, err := l.c.parse(body, l.context)
	if err != nil {
		l.refuse(err.Error())
		return
	}
	l.execute(doc, body, base)
}

// refuse ends the call because of its BXML.
func (l *leg) refuse(why string) {
	l.problem("invalid BXML: %s", why)
	l.end(causeInvalid, "Invalid BXML: "+why)
}

// parse reads and judges a document. The error says what makes it invalid.
func (c *Carrier) parse(body []byte, context bxml.Context) (*bxml.Document, error) {
	doc, err := bxml.Decode(body)
	if err != nil {
		return nil, err
	}
	for _, p := range doc.Validate(context) {
		if p.Severity == bxml.Error && !c.tolerates(p) {
			return nil, fmt.Errorf("%s: %s", place(p), p.Message)
		}
	}
	return doc, nil
}

func place(p bxml.Problem) string {
	if p.Path == "" {
		return "the document"
	}
	return p.Path
}

func (c *Carrier) tolerates(p bxml.Problem) bool {
	switch p.Rule {
	case bxml.RuleUnknownAttribute:
		return c.cfg.Choices.IgnoreUnknownAttributes
	case bxml.RuleHTTPS:
		return c.cfg.Choices.PlainCredentials
	}
	return false
}

// execute replaces what runs on the leg by a document.
func (l *leg) execute(doc *bxml.Document, source []byte, base *url.URL) {
	l.halt(replaced)
	l.program = &program{verbs: doc.Verbs, base: base}
	l.base, l.document = base, string(source)
	e := Event{Kind: DocumentStarted, Body: l.document}
	if base != nil {
		e.URL = base.String()
	}
	l.tell(e)
	l.proceed()
}

// halt stops what runs on the leg: the verb or occupant, the rest of the document, and the wait for the next document.
func (l *leg) halt(why reason) {
	l.program, l.asked = nil, nil
	if x := l.running; x != nil {
		x.close()
		x.stopped, x.why = true, why
		if x.verb != nil {
			x.verb.cancel(why)
		}
	}
}

// proceed runs the document until a verb takes time, a webhook is awaited, or the call ends.
func (l *leg) proceed() {
	if l.looping {
		return
	}
	l.looping = true
	defer func() { l.looping = false }()
	for l.program != nil && l.running == nil && l.asked == nil && !l.ended() {
		p := l.program
		if p.at < len(p.verbs) {
			p.at++
			l.begin(p, p.verbs[p.at-1])
			continue
		}
		l.program = nil
		if l.atEnd != nil {
			l.atEnd()
		} else {
			l.end(causeHangup, "")
		}
	}
}

// begin starts one verb of a document.
func (l *leg) begin(p *program, e *bxml.Element) {
	x := &execution{leg: l, element: e, row: bxml.Lookup(e.Name), base: p.base}
	if tag, ok := e.Attr("tag"); ok && e.Name != "Conference" {
		l.tag = tag
	}
	l.tell(Event{Kind: VerbStarted, Verb: e.Name})
	l.running = x
	x.start(l.c.verbs[e.Name])
}

// occupy runs something that no verb of this leg's document asked for, such as being the target of a Bridge. It ends as a verb
// does, with done, ask or cancel. The document that ran is gone.
func (l *leg) occupy(name string, start starter) {
	l.halt(taken)
	x := &execution{leg: l, element: &bxml.Element{Name: name}, row: bxml.Lookup(name), base: l.base}
	l.running = x
	x.start(start)
}
