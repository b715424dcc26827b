package screen

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/internal/golden"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

var start = time.Date(2026, 1, 5, 18, 0, 0, 0, time.UTC)

// carrier notes what it is asked.
type carrier struct {
	feed  *feed.Feed
	asked []string
	err   error
	now   time.Time
	next  []time.Duration // from now to what is due, one after the other
}

func (c *carrier) Place(_ context.Context, from, to string) (string, error) {
	c.asked = append(c.asked, "place "+from+" "+to)
	return "a", c.err
}

func (c *carrier) Act(_ context.Context, call string, do phone.Do, text string) error {
	c.asked = append(c.asked, strings.TrimSpace(call+" "+string(do)+" "+text))
	return c.err
}

func (c *carrier) Skip(_ context.Context, d time.Duration) error {
	c.asked = append(c.asked, "skip "+d.String())
	c.now = c.now.Add(d)
	if len(c.next) > 0 {
		c.next = c.next[1:]
	}
	if len(c.asked) == 3 {
		c.feed.Publish(simulator.Event{Kind: simulator.Ringing})
	}
	return c.err
}

func (c *carrier) Clock(context.Context) (now, next time.Time, err error) {
	if len(c.next) > 0 {
		next = c.now.Add(c.next[0])
	}
	return c.now, next, c.err
}

// shown is a screen on which the events have happened, one second apart.
func shown(t *testing.T, events ...simulator.Event) (*Model, *carrier) {
	t.Helper()
	c := &carrier{feed: feed.New(), now: start.Add(time.Minute), next: []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}}
	m := New(Config{Title: "front-desk", From: "+15551112222", To: "+15559990001", Carrier: c, Feed: c.feed, Board: &board.Board{}})
	m.ctx = t.Context()
	send(m, tickMsg(start))
	for i := range events {
		if events[i].Time.IsZero() {
			events[i].Time = start.Add(time.Duration(i) * time.Second)
		}
	}
	for _, e := range events {
		c.feed.Publish(e)
	}
	if len(events) > 0 {
		send(m, eventsMsg{events: events, next: len(events)})
	}
	return m, c
}

// send hands a message to the screen and what comes of it back to it, unless that is a wait.
func send(m *Model, msg tea.Msg) tea.Cmd {
	_, cmd := m.Update(msg)
	return cmd
}

// press presses keys and does what they ask for.
func press(m *Model, keys ...string) {
	for _, k := range keys {
		cmd := m.key(key(k))
		if cmd == nil {
			continue
		}
		if msg := cmd(); msg != nil {
			send(m, msg)
		}
	}
}

func key(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "backspace": tea.KeyBackspace, "pgdown": tea.KeyPgDown,
	}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// twoLegs is a call with an agent who is called.
func twoLegs() []simulator.Event {
	long := "Press 1 for an agent, 2 to leave a message, or stay on the line until somebody has time for you."
	return []simulator.Event{
		{Kind: simulator.CallStarted, Call: "a", From: "+15551112222", To: "+15559990001", Direction: "inbound"},
		{Kind: simulator.WebhookSent, Call: "a", Type: "initiate", URL: "http://x/flows/front-desk"},
		{Kind: simulator.WebhookAnswered, Call: "a", Type: "initiate", URL: "http://x/flows/front-desk", Status: 200, Time: start.Add(1012 * time.Millisecond)},
		{Kind: feed.Stepped, Call: "a", Type: "initiate", Text: "greeting"},
		{Kind: feed.Valued, Call: "a", Text: "tries = 0\nname = \"Ada\""},
		{Kind: simulator.DocumentStarted, Call: "a", Body: `<Response><Gather gatherUrl="?t=abc"><SpeakSentence>` + long + `</SpeakSentence></Gather></Response>`},
		{Kind: simulator.VerbStarted, Call: "a", Verb: "Gather"},
		{Kind: simulator.Answered, Call: "a"},
		{Kind: simulator.Spoken, Call: "a", Text: long, Duration: 6 * time.Second},
		{Kind: simulator.Pressed, Call: "a", Text: "1"},
		{Kind: feed.Stepped, Call: "a", Type: "gather", Other: "greeting", Text: "connecting"},
		{Kind: feed.Named, Call: "b", Text: "agent"},
		{Kind: simulator.CallStarted, Call: "b", From: "+15559990001", To: "+15553334444", Direction: "outbound"},
		{Kind: simulator.RESTRequest, Type: "createCall", Status: 201, Call: "b"},
		{Kind: simulator.Ringing, Call: "b"},
		{Kind: simulator.Problem, Call: "a", Text: "the attribute maxDigit is not known to any page of the carrier"},
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// picture is the screen without colours, checked for its size.
func picture(t *testing.T, m *Model, width, height int) string {
	t.Helper()
	send(m, tea.WindowSizeMsg{Width: width, Height: height})
	content := m.View().Content
	lines := strings.Split(content, "\n")
	if len(lines) != max(height, 1) {
		t.Errorf("%d lines at a height of %d", len(lines), height)
	}
	for i, line := range lines {
		if w := lipgloss.Width(line); w > width {
			t.Errorf("line %d is %d wide, more than %d: %q", i, w, width, line)
		}
	}
	plain := strings.Split(escapes.ReplaceAllString(content, ""), "\n")
	for i := range plain {
		plain[i] = strings.TrimRight(plain[i], " ")
	}
	return strings.Join(plain, "\n") + "\n"
}

func TestTheScreen(t *testing.T) {
	tests := []struct {
		name          string
		keys          []string
		width, height int
	}{
		{"webhooks", nil, 80, 24},
		{"bxml", []string{"p"}, 80, 24},
		{"flow", []string{"p", "p"}, 80, 24},
		{"problems", []string{"p", "p", "p"}, 80, 24},
		{"agent", []string{"tab", "t", "h", "i"}, 80, 24},
		{"help", []string{"?"}, 80, 24},
		{"narrow", nil, 40, 16},
		{"wide", nil, 120, 12},
		{"small", nil, 40, 10},
		{"tiny", nil, 12, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, _ := shown(t, twoLegs()...)
			send(m, tea.WindowSizeMsg{Width: tt.width, Height: tt.height})
			press(m, tt.keys...)
			send(m, tickMsg(start.Add(2*time.Second)))
			golden.Compare(t, "testdata/"+tt.name+".golden", []byte(picture(t, m, tt.width, tt.height)))
		})
	}
}

func TestTheScreenFitsEverySize(t *testing.T) {
	m, _ := shown(t, twoLegs()...)
	for width := 0; width < 100; width += 3 {
		for _, height := range []int{0, 1, 2, 3, 5, 8, 13, 24} {
			m.pane = pane(width % int(panes))
			picture(t, m, width, height)
		}
	}
}

func TestKeysDoWhatTheySay(t *testing.T) {
	tests := []struct {
		name string
		keys []string
		want []string
	}{
		{"keys of the phone", []string{"1", "*", "#"}, []string{"a press 1", "a press *", "a press #"}},
		{"a sentence", []string{"t", "h", "1", "x", "backspace", "?", "enter"}, []string{"a say h1?"}},
		{"a sentence that is not said", []string{"t", "h", "esc", "2"}, []string{"a press 2"}},
		{"an empty sentence", []string{"t", "enter"}, nil},
		{"hanging up", []string{"h"}, []string{"a hangUp"}},
		{"answering the phone that rings", []string{"a"}, []string{"b pickUp"}},
		{"refusing it", []string{"r"}, []string{"b refuse"}},
		{"being busy", []string{"b"}, []string{"b busy"}},
		{"the other leg", []string{"tab", "h"}, []string{"b hangUp"}},
		{"around", []string{"tab", "tab", "h"}, []string{"a hangUp"}},
		{"another call", []string{"c"}, []string{"place +15551112222 +15559990001"}},
		{"ten seconds", []string{"+"}, []string{"skip 10s"}},
		{"to the next event", []string{"s"}, []string{"skip 1.001s", "skip 2.001s", "skip 3.001s"}},
		{"help, and back", []string{"?", "1", "1"}, []string{"a press 1"}},
		{"what is no key", []string{"x", "up", "pgdown"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, c := shown(t, twoLegs()...)
			press(m, tt.keys...)
			if diff := cmp.Diff(tt.want, c.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatCannotBeDoneIsShown(t *testing.T) {
	m, c := shown(t, twoLegs()...)
	c.err = errors.New("leg a is \x1b[2J over")
	press(m, "1")
	if got := picture(t, m, 80, 24); !strings.Contains(got, "caller is  [2J over") {
		t.Errorf("the screen is\n%s", got)
	}
	c.err = nil
	press(m, "1")
	if m.note != "" {
		t.Errorf("the note stays: %s", m.note)
	}
	alone, _ := shown(t)
	press(alone, "1", "a")
	if got := picture(t, alone, 80, 24); !strings.Contains(got, "there is no call for that") || !strings.Contains(got, "no calls yet: c calls +15559990001") {
		t.Errorf("the screen is\n%s", got)
	}
}

func TestQuittingHangsUp(t *testing.T) {
	m, c := shown(t)
	send(m, placedMsg("a"))
	if msg := m.leave()(); msg != nil || len(c.asked) != 1 || c.asked[0] != "a hangUp" {
		t.Errorf("it asks %v", c.asked)
	}
	for _, k := range []tea.KeyPressMsg{key("q"), {Code: 'c', Mod: tea.ModCtrl}} {
		if m.key(k) == nil {
			t.Errorf("nothing comes of %s", k)
		}
	}
}

func TestTheFirstCallIsPlaced(t *testing.T) {
	m, c := shown(t)
	send(m, m.place()())
	if m.selected != "a" || len(c.asked) != 1 {
		t.Errorf("selected %q, asked %v", m.selected, c.asked)
	}
	begun := false
	m.config.Begin = func(context.Context) error { begun = true; return nil }
	if m.Init() == nil || begun {
		t.Error("the beginning holds the screen up")
	}
}

func TestTheEndOfTheCarrierIsShown(t *testing.T) {
	m, _ := shown(t, twoLegs()...)
	if cmd := send(m, eventsMsg{err: feed.ErrClosed}); cmd != nil {
		t.Error("it goes on listening")
	}
	if got := picture(t, m, 80, 24); !strings.Contains(got, "the carrier has ended") {
		t.Errorf("the screen is\n%s", got)
	}
}

func TestClocksGoOn(t *testing.T) {
	m, _ := shown(t, twoLegs()...)
	before := picture(t, m, 80, 24)
	send(m, tickMsg(start.Add(30*time.Second)))
	after := picture(t, m, 80, 24)
	if !strings.Contains(before, "00:15\n") || !strings.Contains(after, "00:45\n") {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}
