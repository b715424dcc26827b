package board

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

var start = time.Date(2026, 1, 5, 18, 0, 0, 0, time.UTC)

// filled is a board with the events, one second apart.
func filled(b *Board, events ...simulator.Event) *Board {
	for i, e := range events {
		e.Time = start.Add(time.Duration(i) * time.Second)
		b.Add(e)
	}
	return b
}

func inbound(id string) simulator.Event {
	return simulator.Event{Kind: simulator.CallStarted, Call: id, From: "+15551112222", To: "+15559990000", Direction: "inbound"}
}

func outbound(id, to string) simulator.Event {
	return simulator.Event{Kind: simulator.CallStarted, Call: id, From: "+15559990000", To: to, Direction: "outbound"}
}

func TestLegsHaveNames(t *testing.T) {
	b := filled(&Board{Names: map[string]string{"+15550003": "carol"}}, inbound("a"),
		simulator.Event{Kind: feed.Named, Call: "b", Text: "agent"}, outbound("b", "+15550001"),
		outbound("c", "+15550002"), simulator.Event{Kind: feed.Named, Call: "c", Text: "agent"},
		outbound("d", "+15550003"), simulator.Event{Kind: feed.Named, Call: "d", Text: "agent"},
		outbound("e", "+15550004"), inbound("f"))
	var names []string
	for _, l := range b.Legs {
		names = append(names, l.Name)
	}
	if diff := cmp.Diff([]string{"caller", "agent", "agent#2", "carol", "+15550004", "caller#2"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for name, id := range map[string]string{"": "a", "agent": "c", "carol": "d", "+15550001": "b", "caller": "f", "e": "e"} {
		if l := b.Find(name); l == nil || l.ID != id {
			t.Errorf("%q is %+v, not %s", name, l, id)
		}
	}
	if l := filled(&Board{}, outbound("a", "+15550001")).Find("callee"); l == nil {
		t.Error("who is called first is not the callee")
	}
	if l := (&Board{}).Find(""); l != nil {
		t.Errorf("an empty board has %+v", l)
	}
}

func TestProblemsAreNoticed(t *testing.T) {
	tests := map[string]struct {
		event simulator.Event
		want  string
	}{
		"an apology":               {simulator.Event{Kind: simulator.Spoken, Call: "a", Text: "Sorry."}, "the caller hears the apology"},
		"a webhook that fails":     {simulator.Event{Kind: simulator.WebhookAnswered, Call: "a", Type: "gather", Status: 500, Err: "status 500"}, "gather: status 500"},
		"what the carrier says":    {simulator.Event{Kind: simulator.Problem, Call: "a", Text: "bad\x1b[2J"}, "bad [2J"},
		"invalid BXML":             {simulator.Event{Kind: simulator.Ended, Call: "a", Cause: "invalid-bxml", Text: "Verb"}, "has ended: invalid-bxml, Verb"},
		"an error nobody handles":  {simulator.Event{Kind: feed.Stepped, Call: "a", Err: "limit: visits"}, "limit: visits"},
		"an error of no call":      {simulator.Event{Kind: feed.Stepped, Call: "z", Err: "not understood"}, "not understood"},
		"an error that is handled": {simulator.Event{Kind: feed.Stepped, Call: "a", Err: "limit: visits", Cause: feed.Handled}, ""},
		"a busy callee":            {simulator.Event{Kind: simulator.Ended, Call: "a", Cause: "busy"}, ""},
		"REST that is refused":     {simulator.Event{Kind: simulator.RESTRequest, Type: "createCall", Status: 429, Err: "limit"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := filled(&Board{Apology: "Sorry."}, inbound("a"), tt.event)
			got := ""
			for _, p := range b.Problems {
				got += p.Text
			}
			if got != tt.want {
				t.Errorf("the problem is %q, not %q", got, tt.want)
			}
		})
	}
}

func TestALegListensWhenSomebodyTakesItsKeys(t *testing.T) {
	verb := func(name string) simulator.Event {
		return simulator.Event{Kind: simulator.VerbStarted, Call: "a", Verb: name}
	}
	up := simulator.Event{Kind: simulator.Answered, Call: "a"}
	tests := map[string]struct {
		events []simulator.Event
		want   bool
	}{
		"ringing":                {[]simulator.Event{verb("Gather")}, false},
		"a prompt":               {[]simulator.Event{up, verb("SpeakSentence")}, false},
		"a Gather":               {[]simulator.Event{up, verb("Gather")}, true},
		"a Gather that is over":  {[]simulator.Event{up, verb("Gather"), {Kind: simulator.WebhookSent, Call: "a", Type: "gather"}}, false},
		"an asynchronous event":  {[]simulator.Event{up, verb("Gather"), {Kind: simulator.WebhookSent, Call: "a", Type: "dtmf"}}, true},
		"StartGather":            {[]simulator.Event{up, verb("StartGather"), verb("Pause")}, true},
		"StopGather":             {[]simulator.Event{up, verb("StartGather"), verb("StopGather"), verb("Pause")}, false},
		"a bridge":               {[]simulator.Event{up, verb("Ring"), {Kind: simulator.Bridged, Call: "a", Other: "b"}}, true},
		"a bridge that is over":  {[]simulator.Event{up, {Kind: simulator.Bridged, Call: "a"}, {Kind: simulator.Unbridged, Call: "a"}}, false},
		"a conference":           {[]simulator.Event{up, {Kind: simulator.ConferenceJoined, Call: "a", Other: "room"}}, true},
		"a document of its own":  {[]simulator.Event{up, verb("Gather"), {Kind: simulator.DocumentStarted, Call: "a"}}, false},
		"the end of a call":      {[]simulator.Event{up, verb("Gather"), {Kind: simulator.Ended, Call: "a"}}, false},
		"a Gather of other legs": {[]simulator.Event{up, {Kind: simulator.VerbStarted, Call: "b", Verb: "Gather"}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := filled(&Board{}, append([]simulator.Event{inbound("a")}, tt.events...)...)
			if got := b.Leg("a").Listens(); got != tt.want {
				t.Errorf("it listens: %t", got)
			}
		})
	}
}

func TestWebhooksAreTimed(t *testing.T) {
	sent := simulator.Event{Kind: simulator.WebhookSent, Call: "a", Type: "initiate", URL: "http://x/a?t=abc", Method: "POST"}
	answered := sent
	answered.Kind, answered.Status = simulator.WebhookAnswered, 200
	b := filled(&Board{}, inbound("a"), sent, answered)
	if h := b.Hooks[0]; len(b.Hooks) != 1 || h.Took != time.Second || h.Status != 200 || h.Leg != "caller" {
		t.Errorf("%+v", h)
	}
	lines := b.Flush()
	if got := lines[len(lines)-1].Text; got != "POST /a?t=… initiate -> 200" {
		t.Errorf("it says %q", got)
	}
	if got := b.Stamp(lines[len(lines)-1].Time); got != "00:02.000" {
		t.Errorf("its time is %s", got)
	}
}

func TestTextsOfOthersDoNotMoveTheCursor(t *testing.T) {
	evil := "a\x1b[2J\r\nb\u202ec\x00"
	b := filled(&Board{}, inbound("a"),
		simulator.Event{Kind: simulator.Played, Call: "a", URL: evil},
		simulator.Event{Kind: feed.Logged, Call: "a", Text: evil},
		simulator.Event{Kind: simulator.ConferenceJoined, Call: "a", Other: evil},
		simulator.Event{Kind: simulator.WebhookAnswered, Call: "a", Type: "x", URL: "http://x/" + evil, Err: evil})
	var all string
	for _, l := range b.Flush() {
		all += l.Who + l.Text
	}
	for _, s := range b.Leg("a").Talk {
		all += s.Text
	}
	for _, p := range b.Problems {
		all += p.Text
	}
	if strings.ContainsAny(all, "\x1b\r\n\u202e\x00") {
		t.Errorf("%q", all)
	}
}

func TestDocumentsAreIndentedWithoutTokens(t *testing.T) {
	got := Indent("<Response><Gather gatherUrl=\"?t=ab-C_1.x\"><SpeakSentence>Hi</SpeakSentence></Gather><Ring/></Response>")
	want := "<Response>\n  <Gather gatherUrl=\"?t=…\">\n    <SpeakSentence>Hi</SpeakSentence>\n  </Gather>\n  <Ring/>\n</Response>"
	if got != want {
		t.Errorf("got\n%s", got)
	}
	for document, want := range map[string]string{
		"<Response/>": "an empty document", "nonsense": "a document that is no BXML",
		`<Response><Gather maxDigits="1" gatherUrl="/x"><PlayAudio>a.mp3</PlayAudio></Gather><Hangup/></Response>`: "Gather maxDigits=1 [PlayAudio a.mp3] | Hangup",
	} {
		if got := Outline(document); got != want {
			t.Errorf("%s is %q", document, got)
		}
	}
}

func TestConferencesHaveANameAndAState(t *testing.T) {
	b := &Board{}
	url := "http://x/flows/conference?t=abc"
	for _, e := range []simulator.Event{
		{Kind: simulator.CallStarted, Call: "c-1", From: "+15551112222", To: "+15559990001", Direction: "inbound"},
		{Kind: simulator.WebhookSent, Type: "conferenceCreated", URL: url, Body: `{"conferenceId": "conf-1", "name": "town-hall"}`},
		{Kind: feed.Stepped, Call: "conf-1", Type: "conferenceCreated", Text: "room.empty"},
		{Kind: feed.Valued, Call: "conf-1", Text: "host = \"\""},
		{Kind: simulator.WebhookAnswered, Type: "conferenceCreated", URL: url, Method: "POST", Status: 204},
		{Kind: simulator.WebhookSent, Type: "conferenceCompleted", URL: url, Body: "no JSON"},
	} {
		b.Add(e)
	}
	l := b.Find("town-hall")
	if l == nil || l.Step != "room.empty" || l.Values == "" || b.Leg("conf-1") != nil || len(b.Open()) != 1 {
		t.Fatalf("the conference is %+v among %d legs", l, len(b.Open()))
	}
	for _, line := range b.Flush()[1:] {
		if line.Who != "town-hall" {
			t.Errorf("%q is told of %q", line.Text, line.Who)
		}
	}
	if b.Hooks[0].Leg != "town-hall" {
		t.Errorf("the webhook is of %q", b.Hooks[0].Leg)
	}
}

func TestCallIdsAreSpelledAsNames(t *testing.T) {
	b := &Board{}
	b.Add(simulator.Event{Kind: simulator.CallStarted, Call: "c-1", From: "+15551112222", Direction: "inbound"})
	b.Add(simulator.Event{Kind: simulator.CallStarted, Call: "c-12", To: "+15553334444", Direction: "outbound"})
	for text, want := range map[string]string{
		"hang up: leg c-1 has ended (hangup)": "hang up: caller has ended (hangup)",
		"Call [c-1] cannot be modified":       "Call [caller] cannot be modified",
		"leg c-12 is not ringing":             "+15553334444 is not ringing",
		"there is no leg c-123":               "there is no leg c-123",
	} {
		if got := b.Spell(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}
