package simulator

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Kind is the kind of an Event of the feed.
type Kind string

// The kinds, with the fields of Event that they fill.
const (
	CallStarted      Kind = "call started" // From, To, Direction, Parent
	Ringing          Kind = "ringing"
	Answered         Kind = "answered"
	Spoken           Kind = "spoken"   // Text, Voice, Duration: what this leg hears
	Played           Kind = "played"   // URL, or dtmf and the keys of SendDtmf; Duration
	Pressed          Kind = "pressed"  // Text: the digits
	Said             Kind = "said"     // Text, Duration: what the person at this leg says
	Heard            Kind = "heard"    // Other: the call whose party said it; Text, Duration: what this leg hears through a bridge or conference
	DocumentStarted  Kind = "document" // URL, Body
	VerbStarted      Kind = "verb"     // Verb
	WebhookSent      Kind = "webhook"  // Type, URL, Method, Body, Fallback
	WebhookAnswered  Kind = "answer"   // Type, URL, Status, Body, Err, Fallback
	Bridged          Kind = "bridged"  // Other: the other leg
	Unbridged        Kind = "unbridged"
	ConferenceJoined Kind = "joined" // Other: the conference's name
	ConferenceLeft   Kind = "left"
	RecordingStarted Kind = "recording"         // Other: its id
	RecordingStopped Kind = "recording stopped" // Other, Duration
	RESTRequest      Kind = "rest"              // Type: the operation; Method, URL, Status, Err: why it was refused
	Problem          Kind = "problem"           // Text: what was wrong
	Ended            Kind = "ended"             // Cause, Text: the error message
)

// Event is one thing that happened, for people, tests and the phone. Which fields are filled says the Kind. Credentials in
// documents and URLs are hidden.
type Event struct {
	Time     time.Time
	Kind     Kind
	Call     string // the callId; "" for what concerns none
	Other    string // the other call, the conference or the recording
	From, To string
	// Direction is inbound or outbound; Parent is the call that dialled this one.
	Direction, Parent string
	Text, Voice       string
	Duration          time.Duration
	Verb              string
	Type              string // of a webhook, such as "gather"
	URL, Method, Body string
	Status            int
	Err               string // why a webhook failed
	Fallback          bool   // the webhook went to its fallback URL
	Cause             string
}

// String returns the event on one line. Of bodies it shows documents only.
func (e Event) String() string {
	var b strings.Builder
	b.WriteString(e.Time.UTC().Format("15:04:05.000"))
	for _, s := range []string{e.Call, string(e.Kind), e.Type, e.Method, e.Verb, e.URL, e.Other, e.Cause} {
		if s != "" {
			b.WriteByte(' ')
			b.WriteString(s)
		}
	}
	if e.Kind == CallStarted {
		fmt.Fprintf(&b, " %s from %s to %s", e.Direction, e.From, e.To)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " %d", e.Status)
	}
	if e.Fallback {
		b.WriteString(" (fallback)")
	}
	if e.Duration != 0 {
		fmt.Fprintf(&b, " %s", e.Duration)
	}
	if e.Text != "" {
		fmt.Fprintf(&b, " %q", e.Text)
	}
	if e.Err != "" {
		fmt.Fprintf(&b, ": %s", e.Err)
	}
	if e.Kind == DocumentStarted {
		fmt.Fprintf(&b, " %s", strings.Join(strings.Fields(e.Body), " "))
	}
	return b.String()
}

// What of documents and URLs does not belong into a feed.
var (
	credential = regexp.MustCompile(`(?i)(username|password)(\s*=\s*)("[^"]*"?|'[^']*'?|[^\s>]*)`)
	userinfo   = regexp.MustCompile(`//[^/?#@\s"'<>]*@`)
)

// veil hides the credentials that an application writes into a document or a URL.
func veil(s string) string {
	if strings.Contains(s, "@") {
		s = userinfo.ReplaceAllString(s, "//*****@")
	}
	return credential.ReplaceAllString(s, `${1}${2}"*****"`)
}

// tell puts an event into the feed, without credentials.
func (c *Carrier) tell(e Event) {
	if c.cfg.Observe == nil {
		return
	}
	e.URL, e.Body, e.Err = veil(e.URL), veil(e.Body), veil(e.Err)
	if e.Kind == Problem || e.Kind == Ended {
		e.Text = veil(e.Text)
	}
	e.Time = c.now()
	c.cfg.Observe(e)
}

// tell puts an event of this leg into the feed.
func (l *leg) tell(e Event) {
	e.Call = l.id
	l.c.tell(e)
}

// problem tells the feed that something is wrong with what an application did.
func (l *leg) problem(format string, args ...any) {
	l.tell(Event{Kind: Problem, Text: fmt.Sprintf(format, args...)})
}
