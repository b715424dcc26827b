package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// pause is how long a reader at a terminal gets for one beat.
const pause = 800 * time.Millisecond

// answerTimeout is how long Bandwidth waits for an answer unless it is configured otherwise.
const answerTimeout = 15 * time.Second

// phone plays Bandwidth for the demo: it sends webhooks over HTTP and takes the next URL from the document it gets.
type phone struct {
	app    *app
	client http.Client
	base   string
	traces <-chan *runtime.Trace
	whole  bool

	scene scene
	pages []page // the documents of the call, oldest first
}

// page is a document and the URL that it came from.
type page struct {
	from *url.URL
	doc  *bxml.Document
}

func newPhone(a *app, base string, traces <-chan *runtime.Trace, whole bool) *phone {
	return &phone{app: a, client: http.Client{Timeout: answerTimeout}, base: base, traces: traces, whole: whole}
}

// begin starts another call.
func (p *phone) begin(s scene) { p.scene, p.pages = s, nil }

// play sends the webhook of a beat, shows what comes back and judges it.
func (p *phone) play(b beat) error {
	if p.app.Terminal {
		time.Sleep(pause)
	}
	target, err := p.target(b.event)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.app.Out)
	p.say(b.who, b.does)
	p.say("webhook", "POST "+shortURL(target)+"  "+describe(b))
	doc, err := p.send(target, b)
	if err != nil {
		return err
	}
	trace, err := p.trace()
	if err != nil {
		return err
	}
	p.say("state", moved(trace))
	heard, err := p.hear(target, doc)
	if err != nil {
		return err
	}
	return b.judge(trace, heard)
}

// target returns the URL that the event goes to: one that a document named, or that of the application. It is resolved as
// Bandwidth does it: against the URL of the request.
func (p *phone) target(name string) (*url.URL, error) {
	for _, page := range slices.Backward(p.pages) {
		if link, ok := page.doc.URL(name); ok {
			return page.from.Parse(link)
		}
	}
	if name != "initiate" && name != "answer" && name != "disconnect" {
		return nil, errors.New("no document named a URL for this event")
	}
	return url.Parse(p.base + runtime.PathPrefix + p.scene.flow)
}

// send posts a webhook and returns the body of the answer, nil when the event has none.
func (p *phone) send(target *url.URL, b beat) ([]byte, error) {
	now := time.Now()
	fields := map[string]any{
		"eventTime": now, "accountId": "55555555", "applicationId": "7fc9698a-b04a-468b-9e8f-91238c0d0086",
		"from": "+15551112222", "to": "+15553334444", "direction": p.scene.direction, "callId": p.scene.callID,
		"callUrl": "https://voice.bandwidth.com/api/v2/accounts/55555555/calls/" + p.scene.callID, "startTime": now,
	}
	maps.Copy(fields, b.fields)
	webhook, err := encode(b.event, fields)
	if err != nil {
		return nil, err
	}
	answer, err := p.client.Post(target.String(), "application/json", bytes.NewReader(webhook))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, bxml.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	want := http.StatusNoContent
	if event.Lookup(b.event).Sync {
		want = http.StatusOK
	}
	if answer.StatusCode != want {
		return nil, fmt.Errorf("the answer has status %d, not %d", answer.StatusCode, want)
	}
	return body, nil
}

// encode returns an event as the body of a webhook.
func encode(name string, fields map[string]any) ([]byte, error) {
	e, err := event.New(name, fields)
	if err != nil {
		return nil, err
	}
	webhook, err := e.Struct()
	if err != nil {
		return nil, err
	}
	return event.Encode(webhook)
}

// trace returns what the engine tells of the step. It tells before it answers.
func (p *phone) trace() (*runtime.Trace, error) {
	select {
	case t := <-p.traces:
		return t, nil
	default:
		return nil, errors.New("the engine told of no step")
	}
}

// hear shows a document, keeps it for the URLs in it and returns what is said.
func (p *phone) hear(from *url.URL, body []byte) (string, error) {
	if len(body) == 0 {
		p.say("bxml", "none: this event is not answered with a document")
		return "", nil
	}
	doc, err := bxml.Decode(body)
	if err != nil {
		return "", err
	}
	p.pages = append(p.pages, page{from, doc})
	var verbs []string
	for _, e := range doc.Verbs {
		verbs = append(verbs, brief(e))
	}
	p.say("bxml", strings.Join(verbs, " | "))
	if p.whole {
		fmt.Fprintln(p.app.Out, indented(body))
	}
	heard := doc.Spoken()
	if heard != "" {
		p.say("hears", `"`+heard+`"`)
	}
	return heard, nil
}

// say writes one line of the conversation.
func (p *phone) say(who, what string) {
	before, after := "", ""
	if p.app.Terminal && who == "hears" {
		before, after = "\x1b[1m", "\x1b[0m"
	}
	fmt.Fprintf(p.app.Out, "  %-10s%s%s%s\n", who, before, what, after)
}

// judge compares what came back with what has to.
func (b beat) judge(t *runtime.Trace, heard string) error {
	switch {
	case len(t.Faults) > 0:
		return fmt.Errorf("the step failed: %s: %s", t.Faults[0].Reason, t.Faults[0].Message)
	case b.state != "" && t.To != b.state:
		return fmt.Errorf("the state is %q, not %q", t.To, b.state)
	case !strings.Contains(heard, b.hears):
		return fmt.Errorf("%q is not said", b.hears)
	}
	return nil
}

// moved tells how the state changed.
func moved(t *runtime.Trace) string {
	switch {
	case t.Phase == runtime.Ended.String():
		return t.To + ", the call is over"
	case t.From == "", t.From == t.To:
		return t.To
	}
	return t.From + " -> " + t.To
}

// describe names an event and what is special about it.
func describe(b beat) string {
	text := b.event
	for _, name := range slices.Sorted(maps.Keys(b.fields)) {
		value := b.fields[name]
		if d, ok := value.(time.Duration); ok {
			value = event.DurationOf(d)
		}
		text += fmt.Sprintf(" %s=%v", name, value)
	}
	return text
}

// shortURL is the path of a URL, without the token, which is long and different every time.
func shortURL(u *url.URL) string {
	if u.RawQuery == "" {
		return u.Path
	}
	name, _, _ := strings.Cut(u.RawQuery, "=")
	return u.Path + "?" + name + "=…"
}

// brief names a verb with its attributes, those about URLs left out, and what it holds beside speech.
func brief(e *bxml.Element) string {
	text := e.Name
	if e.Name != "SpeakSentence" && e.Text != "" {
		text += " " + e.Text
	}
	for _, a := range e.Attributes {
		if !strings.HasSuffix(a.Name, "Url") && !strings.HasSuffix(a.Name, "Method") {
			text += " " + a.Name + "=" + a.Value
		}
	}
	for _, child := range e.Children {
		text += " [" + brief(child) + "]"
	}
	return text
}

// indented writes a document with one element per line.
func indented(doc []byte) string {
	var b strings.Builder
	depth := 2
	for line := range strings.SplitSeq(strings.ReplaceAll(string(doc), "><", ">\n<"), "\n") {
		if strings.HasPrefix(line, "</") {
			depth--
		}
		b.WriteString(strings.Repeat("  ", depth+4) + line + "\n")
		opens := strings.HasPrefix(line, "<") && !strings.HasPrefix(line, "</") && !strings.HasPrefix(line, "<?")
		if opens && !strings.HasSuffix(line, "/>") && !strings.Contains(line, "</") {
			depth++
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
