package control

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// carrier is a carrier that runs, whose application asks for a key.
func carrier(t *testing.T) (*httptest.Server, *Client) {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if bytes.Contains(body, []byte(`"initiate"`)) {
			io.WriteString(w, `<Response><Gather gatherUrl="/" maxDigits="1"/></Response>`)
			return
		}
		io.WriteString(w, `<Response><Record recordCompleteUrl="/"/></Response>`)
	}))
	t.Cleanup(app.Close)
	events := feed.New()
	c, err := simulator.New(simulator.Config{Observe: events.Publish, Numbers: map[string]simulator.Application{"+15559990000": {URL: app.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	server := httptest.NewServer(Handler(Desk{Carrier: c, Feed: events, Numbers: []Number{{Number: "+15559990000", Name: "app"}}}))
	t.Cleanup(func() {
		cancel()
		<-ended
		server.CloseClientConnections()
		server.Close()
	})
	client, err := Dial(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// await waits until an event of a kind comes.
func await(t *testing.T, f *feed.Feed, kind simulator.Kind) simulator.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for next := 0; ; {
		events, after, err := f.Next(ctx, next)
		if err != nil {
			t.Fatalf("%s does not come: %v", kind, err)
		}
		for _, e := range events {
			if e.Kind == kind {
				return e
			}
		}
		next = after
	}
}

func TestAPhoneElsewhereUsesTheCarrier(t *testing.T) {
	_, c := carrier(t)
	d, err := c.Directory(t.Context())
	if err != nil || len(d.Numbers) != 1 || d.Numbers[0].Name != "app" || d.Next != 0 {
		t.Fatalf("the directory is %+v, %v", d, err)
	}
	events := feed.New()
	go c.Follow(t.Context(), d.Next, events)
	id, err := c.Place(t.Context(), "+15551112222", "+15559990000")
	if err != nil {
		t.Fatal(err)
	}
	await(t, events, simulator.VerbStarted)
	if err := c.Act(t.Context(), id, phone.Press, "1"); err != nil {
		t.Fatal(err)
	}
	if e := await(t, events, simulator.Pressed); e.Call != id || e.Text != "1" {
		t.Errorf("pressed is %+v", e)
	}
	await(t, events, simulator.RecordingStarted)
	if err := c.Act(t.Context(), id, phone.Say, "hello"); err != nil {
		t.Fatal(err)
	}
	before, next, err := c.Clock(t.Context())
	if err != nil || !next.After(before) {
		t.Fatalf("the clock is %s, then %s, %v", before, next, err)
	}
	if err := c.Skip(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if now, _, err := c.Clock(t.Context()); err != nil || now.Sub(before) < time.Second {
		t.Errorf("the clock is %s after a second, %v", now.Sub(before), err)
	}
	if err := c.Act(t.Context(), id, phone.HangUp, ""); err != nil {
		t.Fatal(err)
	}
	if e := await(t, events, simulator.Ended); e.Cause != "hangup" {
		t.Errorf("the end is %+v", e)
	}
}

func signalled(c *Client) error {
	_, err := c.Signal(context.Background(), "c-1", "free", nil)
	return err
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	server, c := carrier(t)
	for what, tt := range map[string]struct {
		err  error
		want string
	}{
		"a leg that is not there":  {c.Act(t.Context(), "c-1", phone.HangUp, ""), `there is no leg "c-1"`},
		"an act that nobody knows": {c.Act(t.Context(), "c-1", "sing", ""), "nobody can do that"},
		"a flow":                   {c.Start(t.Context(), "menu", "+15551112222", nil), "there are no flows here"},
		"a signal to no flow":      {signalled(c), "there are no flows here"},
		"time that goes back":      {c.Skip(t.Context(), -time.Second), `"-1s" is no duration`},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", what, tt.err, tt.want)
		}
	}
	if _, err := c.Place(t.Context(), "+15551112222", "+15550000000"); err == nil {
		t.Error("a number of nobody is called")
	}
	for kind, want := range map[string]int{"text/plain": http.StatusUnsupportedMediaType, "application/json": http.StatusBadRequest} {
		res, err := http.Post(server.URL+"/simulator/calls", kind, strings.NewReader(`{"form": "x"}`))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s is answered %d, not %d", kind, res.StatusCode, want)
		}
	}
}

func TestOtherServersAreNoCarriers(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	c, err := Dial(other.URL + "/path")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Directory(t.Context()); err == nil || !strings.Contains(err.Error(), "is it a carrier of bxmlflow?") {
		t.Errorf("it says %v", err)
	}
	if err := c.Follow(t.Context(), 0, feed.New()); err == nil {
		t.Error("there is a feed")
	}
	for _, wrong := range []string{"", "localhost:8082", "ftp://x", "http://"} {
		if _, err := Dial(wrong); err == nil {
			t.Errorf("%q is an address", wrong)
		}
	}
}

func TestFollowingEndsWithTheCarrier(t *testing.T) {
	events := feed.New()
	server := httptest.NewServer(Handler(Desk{Feed: events}))
	defer server.Close()
	c, err := Dial(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	events.Publish(simulator.Event{Kind: simulator.Problem, Text: "last"})
	events.Close()
	got := feed.New()
	if err := c.Follow(t.Context(), 0, got); !errors.Is(err, ErrEnded) {
		t.Errorf("it ends with %v", err)
	}
	if list, _ := got.Since(0); len(list) != 1 || list[0].Text != "last" {
		t.Errorf("it told %v", list)
	}
}
