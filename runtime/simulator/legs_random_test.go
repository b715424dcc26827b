package simulator

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// crowd is a world in which random things happen to many calls, driven by a seed.
type crowd struct {
	*world
	random *rand.Rand
}

func newCrowd(t *testing.T, seed uint64) *crowd {
	x := &crowd{random: rand.New(rand.NewPCG(seed, 2))}
	x.world = newWorld(t, map[string]string{}, func(cfg *Config) {
		cfg.Seed, cfg.Choices.Shuffle, cfg.MaxCalls, cfg.CallsPerSecond = seed, seed%2 == 0, 12, 20
		cfg.Choices.CompleteFirst, cfg.Choices.TypeAhead = seed%3 == 0, seed%5 == 0
		cfg.Latency = time.Duration(seed%4) * 300 * time.Millisecond
	})
	for _, path := range []string{"initiate", "answer", "answered", "over", "left", "rest", "next", "c"} {
		x.handlers["/"+path] = func(rw http.ResponseWriter, r *http.Request) { _, _ = rw.Write([]byte(x.document(r.URL.Path))) }
	}
	return x
}

// anybody returns the id of some call, mostly of one that has not ended.
func (x *crowd) anybody() string {
	calls := x.Calls()
	if live := slices.DeleteFunc(slices.Clone(calls), func(c Call) bool { return c.State == StateDisconnected }); len(live) > 0 && x.random.IntN(10) > 0 {
		calls = live
	}
	if len(calls) == 0 {
		return "c-00000000-00000000-0000-0000-0000-000000000000"
	}
	return calls[x.random.IntN(len(calls))].ID
}

// document answers a webhook with up to three random verbs.
func (x *crowd) document(path string) string {
	verbs := []string{
		`<Pause duration="20"/>`, `<SpeakSentence>hello there</SpeakSentence>`, starts, `<StopRecording/>`, `<PauseRecording/>`,
	}
	if path != "/c" {
		verbs = append(verbs, `<Gather gatherUrl="/next" firstDigitTimeout="9"/>`, `<StartGather dtmfUrl="/d"/>`, `<Record maxDuration="9"/>`, `<Redirect redirectUrl="/next"/>`)
	}
	if path != "/c" && path != "/answered" {
		verbs = append(verbs, transferTo(phoneNumber(first), phoneNumber(other)), transferTo(phoneNumber(first)), roomVerb, roomVerb,
			`<Bridge bridgeCompleteUrl="/over" bridgeTargetCompleteUrl="/left">`+x.anybody()+`</Bridge>`, `<Bridge>`+x.anybody()+`</Bridge>`,
			startsStream("a", "both"), `<StopStream name="a" wait="true"/>`, startsTranscription("a", `destination="wss://ws.example/x"`))
	}
	doc := "<Response>"
	for range x.random.IntN(4) {
		doc += verbs[x.random.IntN(len(verbs))]
	}
	return doc + "</Response>"
}

// act lets something happen. That it is impossible just now does not matter.
func (x *crowd) act() {
	id := x.anybody()
	locked := func(do func() error) {
		x.mu.Lock()
		defer x.mu.Unlock()
		_ = do()
	}
	switch x.random.IntN(14) {
	case 0, 1:
		_, _ = x.Place(Inbound{From: caller, To: desk})
	case 2:
		locked(func() error {
			_, err := x.createCall(creation{To: callee, From: desk, ApplicationID: appID, AnswerURL: "https://app.example/answer", DisconnectURL: "https://app.example/disconnect"})
			return err
		})
	case 3, 4, 5:
		_ = x.PickUp(id)
	case 6:
		_ = x.Busy(id)
	case 7:
		_ = x.HangUp(id)
	case 8:
		locked(func() error { return x.updateCall(id, update{RedirectURL: "https://app.example/rest"}) })
	case 9:
		locked(func() error { return x.updateBxml(id, []byte("<Response><Pause/></Response>")) })
	case 10:
		_ = x.Press(id, "1")
	case 11:
		_ = x.Say(id, "hello")
	case 12:
		_ = x.CloseStream(id, "a", false)
	case 13:
		for _, c := range x.Conferences() {
			locked(func() error { return x.updateConference(c.ID, conferenceUpdate{Status: "completed"}) })
		}
	}
	if x.random.IntN(3) > 0 {
		x.advance(time.Duration(x.random.IntN(5000)) * time.Millisecond)
	}
	x.consistent()
}

// consistent checks what must hold at every moment.
func (x *crowd) consistent() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, l := range x.order {
		if l.ended() && (l.running != nil || l.program != nil || l.asked != nil || l.peer != nil || l.seat != nil || l.recording != nil || len(l.streams) > 0) {
			x.Errorf("%s has ended and still does something", l.id)
		}
		if l.peer != nil && l.peer.peer != l {
			x.Errorf("%s is bridged on one side only", l.id)
		}
	}
	for name, r := range x.rooms {
		if r.over() || len(r.seats) == 0 || len(r.seats) > maxMembers {
			x.Errorf("conference %s has %d members", name, len(r.seats))
		}
		for _, s := range r.seats {
			if s.leg.seat != s || s.x.closed {
				x.Errorf("%s is no member any more", s.leg.id)
			}
		}
	}
}

// TestManyCallsAtRandom plays calls that transfer, bridge and confer with each other at random, and checks the counts of events.
func TestManyCallsAtRandom(t *testing.T) {
	for seed := range uint64(60) {
		x := newCrowd(t, seed)
		for range 120 {
			x.act()
		}
		for _, c := range x.Calls() {
			x.mu.Lock()
			_ = x.updateCall(c.ID, update{State: "completed"})
			x.mu.Unlock()
		}
		x.advance(30 * time.Hour)
		x.consistent()
		x.counted()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// counted checks that what must be told once was told once.
func (x *crowd) counted() {
	n := map[string]int{}
	for _, e := range x.got {
		n[e.TypeName()+" "+e.CallID()+e.Str(event.FieldConferenceID)]++
	}
	for _, c := range x.Calls() {
		if c.State != StateDisconnected {
			x.Errorf("call %s is %s: %s", c.ID, c.State, c.Verb)
		}
		want := 1
		if c.TransferTo != "" {
			want = 0
		}
		if n["disconnect "+c.ID] != want || n["transferDisconnect "+c.ID] != 1-want || n["transferAnswer "+c.ID] > 1 {
			x.Errorf("call %s: %d disconnect, %d transferDisconnect", c.ID, n["disconnect "+c.ID], n["transferDisconnect "+c.ID])
		}
	}
	for _, r := range x.Conferences() {
		joined, left := 0, 0
		for _, e := range x.got {
			if e.Str(event.FieldConferenceID) == r.ID {
				joined += strings.Count(e.TypeName(), "Join")
				left += strings.Count(e.TypeName(), "Exit")
			}
		}
		if r.Completed.IsZero() || n["conferenceCreated "+r.ID] != 1 || n["conferenceCompleted "+r.ID] != 1 || joined != left || joined == 0 {
			x.Errorf("conference %+v: %d joined, %d left", r, joined, left)
		}
	}
}

func TestTheSameSeedGivesTheSameFeed(t *testing.T) {
	for seed := range uint64(4) {
		var feeds [2]string
		for i := range feeds {
			x := newCrowd(t, seed)
			for range 80 {
				x.act()
			}
			feeds[i] = x.log() + fmt.Sprint(x.Recordings(), x.Conferences())
		}
		if feeds[0] != feeds[1] || feeds[0] == "" {
			t.Errorf("seed %d: the feeds differ", seed)
		}
	}
}
