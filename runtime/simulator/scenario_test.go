package simulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// stage is a carrier with a small application: it answers each type of event with the next document of its script, and goes on
// with the last one.
type stage struct {
	*world
	script map[string][]string
	bodies [][]byte // of the webhooks in their order
}

// The dialects of a scenario: what an account can have, and which source its webhooks follow.
const (
	plain  = ""        // no call queueing, members of the pages only
	queued = "queued"  // call queueing, members of the pages only
	spec   = "openapi" // no call queueing, members of the OpenAPI document
)

// perform plays a scenario in a dialect. It fails the test when a webhook is not as documented.
func perform(t *testing.T, s *scenario, dialect string, change ...func(*Config)) *stage {
	t.Helper()
	st := &stage{script: map[string][]string{}}
	configure := func(cfg *Config) {
		cfg.Account, cfg.Transport = "55555555", Direct(http.HandlerFunc(st.serve))
		cfg.Choices = Choices{NoLimits: true, NoQueue: dialect != queued, PagesOnly: dialect != spec}
		if s.limits {
			cfg.Choices.NoLimits, cfg.MaxCalls = false, 1
		}
	}
	st.world = newWorld(t, map[string]string{}, append([]func(*Config){configure}, change...)...)
	for name, documents := range s.script {
		st.script[name] = strings.Split(documents, "\n")
	}
	for _, do := range s.acts {
		do(st)
	}
	st.advance(24 * time.Hour)
	return st
}

func (st *stage) serve(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	st.bodies = append(st.bodies, body)
	var e event.Event
	if err := e.DecodeJSON(body); err != nil {
		st.Error(err)
	}
	documents := st.script[e.TypeName()]
	if len(documents) > 1 {
		st.script[e.TypeName()] = documents[1:]
	}
	st.answers[r.URL.Path] = ""
	if len(documents) > 0 {
		st.answers[r.URL.Path] = documents[0]
	}
	st.world.serve(rw, r)
}

// next puts a document before the rest of the script.
func (st *stage) next(name, document string) {
	st.script[name] = append([]string{document}, st.script[name]...)
}

// move is a step of a scenario.
type move func(st *stage)

// by makes a move of an act of one call: A is the first one.
func by(letter string, do act) move {
	return func(st *stage) { st.Helper(); do(st.world, st.nth(letter)) }
}

func passes(d time.Duration) move { return func(st *stage) { st.Helper(); st.advance(d) } }

// places lets somebody call the application.
func places(in Inbound) move {
	return func(st *stage) {
		st.Helper()
		if in.From == "" {
			in.From = caller
		}
		if in.To == "" {
			in.To = desk
		}
		_, err := st.Place(in)
		st.check(err)
		st.settle()
	}
}

// dials lets the application call somebody.
func dials(change ...func(*creation)) move {
	return func(st *stage) { st.Helper(); st.dial(change...); st.settle() }
}

// phone says how the called number behaves.
func phone(p Phone) move { return func(st *stage) { st.SetPhone(callee, p) } }

// spoils lets events report something else.
func spoils(name string, results ...string) move {
	return func(st *stage) {
		for _, result := range results {
			st.Fault(Fault{Kind: Outcome, Event: name, Result: result})
		}
	}
}

func tagged(tag string) func(*creation) { return func(x *creation) { x.Tag = tag } }

func detecting(mode string) func(*creation) {
	return func(x *creation) {
		x.MachineDetection = &machineDetection{Mode: mode, CallbackURL: "https://app.example/detected"}
	}
}

// scenarioNamed returns a scenario of the table.
func scenarioNamed(t *testing.T, name string) *scenario {
	t.Helper()
	for _, s := range scenarios() {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("there is no scenario %q", name)
	return nil
}

func TestWebhooksOfScenariosRoundTrip(t *testing.T) {
	for _, s := range scenarios() {
		for _, dialect := range []string{plain, queued, spec} {
			t.Run(s.name+" "+dialect, func(t *testing.T) {
				st := perform(t, s, dialect)
				if len(st.bodies) < 3 {
					t.Errorf("only %d webhooks: %s", len(st.bodies), st.told())
				}
				for _, body := range st.bodies {
					roundTrip(t, body)
				}
			})
		}
	}
}

// roundTrip decodes a webhook into its struct and writes it again. That it has no Problems is checked by world.serve.
func roundTrip(t *testing.T, body []byte) {
	t.Helper()
	w, err := event.Decode(body)
	if err != nil {
		t.Errorf("%s: %v", body, err)
		return
	}
	again, err := event.Encode(w)
	if err != nil {
		t.Errorf("%s: %v", body, err)
		return
	}
	if diff := cmp.Diff(generic(t, body), generic(t, again)); diff != "" {
		t.Errorf("%s (-sent +encoded):\n%s", body, diff)
	}
}

func generic(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func TestWhatAFaultMakesOfRecordings(t *testing.T) {
	var got []string
	for _, g := range perform(t, scenarioNamed(t, "spoiled recordings"), plain).Recordings() {
		got = append(got, g.Status+" "+g.Transcription)
	}
	if want := []string{"partial error", "error ", "complete timeout"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q: what failed is not transcribed", got, want)
	}
}

func TestARichScenarioIsTheSameForTheSameSeed(t *testing.T) {
	s := scenarioNamed(t, "transfers")
	log := func(seed uint64) string {
		return perform(t, s, queued, func(cfg *Config) { cfg.Seed = seed }).log()
	}
	one, again, another := log(1), log(1), log(2)
	if strings.Count(one, "\n") < 100 {
		t.Errorf("the scenario is not rich:\n%s", one)
	}
	if diff := cmp.Diff(one, again); diff != "" {
		t.Errorf("the same seed gave another feed:\n%s", diff)
	}
	if one == another {
		t.Error("another seed gave the same ids")
	}
	if diff := cmp.Diff(shape(one), shape(another)); diff != "" {
		t.Errorf("another seed gave a feed of another shape:\n%s", diff)
	}
}

func TestTheFeedNeverMentionsCredentials(t *testing.T) {
	const user, password = "ann-the-user", "s3cret-of-ann"
	const at, own, others = user + ":" + password + "@", ` username="` + user + `" password='` + password + `'`,
		` fallbackUsername = "` + user + `" fallbackPassword="` + password + `"`
	s := &scenario{script: map[string]string{
		"initiate": `<Gather gatherUrl="https://` + at + `app.example/g"><PlayAudio>https://` + at + `app.example/a.wav</PlayAudio></Gather>
<Gather maxDigits="1" gatherUrl="/g"` + own + ` gatherFallbackUrl="/b"` + others + `/>`,
		"gather": `<StartStream name="x" destination="wss://stream.example" streamEventUrl="/s" destinationUsername="` + user +
			`" destinationPassword="` + password + `"/><Record recordCompleteUrl="/r"` + own + ` recordCompleteFallbackUrl="/b"` + others + `/>`,
		"recordComplete": `<Transfer transferCompleteUrl="/t"` + own + `><PhoneNumber transferAnswerUrl="/ta"` + own + `>` + first + `</PhoneNumber></Transfer>`,
		"transferAnswer": "!500", "transferComplete": `<Record recordCompleteUrl="http://app.example/r"` + own + `/>`,
	}, acts: []move{places(Inbound{}), places(Inbound{}), by("B", press("1")), passes(second), by("B", press("#")), plainly(picksUp("C")), passes(minute)}}
	st := perform(t, s, plain, func(cfg *Config) {
		a := cfg.Numbers[desk]
		a.Username, a.Password, a.FallbackURL, a.FallbackUsername, a.FallbackPassword = user, password, "https://"+at+"app.example/b", user, password
		cfg.Numbers[desk] = a
		cfg.Choices.IgnoreUnknownAttributes = true
	})
	st.Fault(Fault{Kind: Error, Event: "initiate"})
	places(Inbound{})(st)
	dials(func(x *creation) {
		x.Username, x.Password, x.FallbackUsername, x.FallbackPassword = user, password, user, password
	})(st)
	st.tells("initiate A; disconnect A invalid-bxml; initiate B; gather B; mediaStreamStarted B; recordComplete B; transferAnswer C; transferComplete B callback-error; " +
		"mediaStreamStopped B closed; disconnect B invalid-bxml; initiate D")
	for _, e := range st.feed {
		line, err := json.Marshal(e)
		st.check(err)
		for _, secret := range []string{user, password} {
			if strings.Contains(string(line), secret) || strings.Contains(e.String(), secret) {
				t.Errorf("%q is in %s", secret, line)
			}
		}
	}
}
