package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/bxmlflow/bxmlflow/cmd/internal/control"
	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// found returns what stands between two texts.
func found(t *testing.T, text, before, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, before)
	value, _, end := strings.Cut(rest, after)
	if !ok || !end {
		t.Fatalf("nothing between %q and %q in\n%s", before, after, text)
	}
	return value
}

// voice is a web application without a flow: it asks for a key, and then calls somebody by REST.
type voice struct {
	t    *testing.T
	rest atomic.Pointer[string] // where the REST API is
}

func (v *voice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var hook struct {
		EventType, Digits string
	}
	if user, password, _ := r.BasicAuth(); r.URL.Path == "/voice" && (user != "bw" || password != "hush") {
		v.t.Errorf("the webhook bears %q %q", user, password)
	}
	if err := json.NewDecoder(r.Body).Decode(&hook); err != nil {
		v.t.Error(err)
	}
	body := map[string]string{
		"initiate": `<Gather maxDigits="1" gatherUrl="/digits"><SpeakSentence>Press 1.</SpeakSentence></Gather>`,
		"gather":   `<SpeakSentence>You pressed ` + hook.Digits + `.</SpeakSentence><Hangup/>`,
		"answer":   `<SpeakSentence>Somebody pressed a key.</SpeakSentence><Hangup/>`,
	}[hook.EventType]
	if hook.EventType == "gather" {
		v.dial("http://" + r.Host)
	}
	if body == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	io.WriteString(w, "<Response>"+body+"</Response>")
}

// dial calls somebody by REST, with a token.
func (v *voice) dial(own string) {
	c, err := bandwidth.New(bandwidth.Config{
		AccountID: "4711", ClientID: "app", ClientSecret: "s3", BaseURL: *v.rest.Load() + "/api/v2", TokenURL: *v.rest.Load() + "/api/v1/oauth2/token",
	})
	if err == nil {
		_, err = c.CreateCall(v.t.Context(), &bandwidth.CreateCall{
			To: "+15553334444", From: simulatorNumber, ApplicationID: "app", AnswerURL: own + "/answer", DisconnectURL: own + "/end",
		})
	}
	if err != nil {
		v.t.Error(err)
	}
}

func TestSimulatorPlaysTheCarrierForAnyApplication(t *testing.T) {
	v := &voice{t: t}
	app := httptest.NewServer(v)
	defer app.Close()
	in, keys := io.Pipe()
	defer keys.Close()
	p := launch(options{in: in, args: []string{
		"simulator", "--addr", "127.0.0.1:0", "--app", app.URL + "/voice", "--username", "bw", "--password", "hush", "--account", "4711",
		"--client", "app:s3", "--phone", "+15553334444=answer", "--leg", "bob=+15553334444", "--choice", "plain-credentials",
	}})
	rest := found(t, p.err.await(t, "account 4711"), "the REST API is at ", "/api/v2")
	v.rest.Store(&rest)
	p.err.await(t, simulatorNumber+" is answered by "+app.URL)
	fmt.Fprintln(keys, "call +15551112222")
	p.out.await(t, `caller   hears "Press 1."`)
	fmt.Fprintln(keys, "press 1")
	p.out.await(t, `caller   hears "You pressed 1."`)
	p.out.await(t, "REST createCall -> 201")
	p.out.await(t, `bob      hears "Somebody pressed a key."`)
	p.out.await(t, "bob      has ended: hangup")
	fmt.Fprintln(keys, "quit")
	p.wait(t, exitFine)
}

func TestSimulatorGoesOnAfterTheEndOfTheInput(t *testing.T) {
	app := httptest.NewServer(&voice{t: t})
	defer app.Close()
	p := launch(options{args: []string{"simulator", "--addr", "127.0.0.1:0", "--number", "+15550001111=" + app.URL, "--call", "+15551112222"}})
	p.out.await(t, `caller   hears "Press 1."`)
	p.signal(t, syscall.SIGTERM)
	p.wait(t, exitFine)
}

func TestCallReachesAnyApplication(t *testing.T) {
	app := httptest.NewServer(&voice{t: t})
	defer app.Close()
	for _, mode := range []string{"", "--live"} {
		args := []string{"call", app.URL + "/voice", "--username", "bw", "--password", "hush", "--choice", "plain-credentials"}
		if mode != "" {
			args = append(args, mode)
		}
		in, keys := io.Pipe()
		p := launch(options{args: args, in: in})
		p.out.await(t, `caller   hears "Press 1."`)
		fmt.Fprintln(keys, "wait 1ms\nstate")
		keys.Close()
		p.out.await(t, "no state of a flow is known")
		p.wait(t, exitFine)
	}
}

// legs is a flow that calls an agent when a key is pressed.
const legs = `flow: legs
start: {initiate: greeting}
states:
  greeting:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Press 1.}]}}]
    on: {gather: ringing}
  ringing:
    entry: [{createCall: {leg: agent, to: "+15553334444", from: "+15559990000", target: taken}}]
    bxml: [{Ring: {duration: 60}}, Redirect]
    on: {legEnded: nobody, redirect: nobody}
  taken: {type: final, bxml: [{SpeakSentence: Nobody needs you.}, Hangup]}
  nobody: {type: final, bxml: [{SpeakSentence: Nobody is there.}, Hangup]}
`

// calls is a flow that calls people.
const calls = `flow: calls
vars: {name: you}
start: {answer: greeting}
states:
  greeting: {type: final, bxml: [{SpeakSentence: "Hello ${vars.name}."}, Hangup]}
`

// simulated is a server with a carrier, and the address of that.
func simulated(t *testing.T, args ...string) (p *process, carrier string) {
	t.Helper()
	dir := folder(t, map[string]string{"legs.yaml": legs, "calls.yaml": calls})
	p = serve(t, options{args: append(args, "--simulate", dir)})
	return p, found(t, p.out.await(t, "call one from another terminal"), "its REST API is at ", "/api/v2")
}

func TestServeSimulatesTheCarrier(t *testing.T) {
	p, carrier := simulated(t)
	if out := p.out.String(); !strings.Contains(out, "  +15559990001  calls (calls people itself)\n  +15559990002  legs\n") {
		t.Errorf("it says\n%s", out)
	}
	in, keys := io.Pipe()
	caller := launch(options{in: in, args: []string{"call", "--carrier", carrier, "--flow", "legs"}})
	fmt.Fprintln(keys, "press 1\nagent: answer")
	caller.out.await(t, "caller   greeting -> ringing (gather)")
	caller.out.await(t, `agent    hears "Nobody needs you."`)
	keys.Close()
	caller.wait(t, exitFine)

	in, keys = io.Pipe()
	called := launch(options{in: in, args: []string{"call", "--carrier", carrier, "--flow", "calls", "--var", "name=Ada"}})
	fmt.Fprintln(keys, "answer")
	called.out.await(t, `callee   hears "Hello Ada."`)
	keys.Close()
	called.wait(t, exitFine)

	lost := launch(options{args: []string{"call", "--carrier", carrier, "--flow", "lgs"}})
	lost.wait(t, exitUsage)
	if got := lost.err.String(); !strings.Contains(got, `no flow "lgs", choose one of:
  +15559990001  calls
  +15559990002  legs`) {
		t.Errorf("it says\n%s", got)
	}
}

func TestCallsAreStartedFromOutside(t *testing.T) {
	p, carrier := simulated(t, "--admin-addr", "127.0.0.1:0")
	admin := found(t, p.err.await(t, "admin="), "admin=", " ")
	c, err := control.Dial(carrier)
	if err != nil {
		t.Fatal(err)
	}
	events := feed.New()
	go c.Follow(t.Context(), 0, events)
	answer := post("http://"+admin+"/flows/calls/calls", []byte(`{"to": "+15551112222", "from": "+15559990001"}`))
	if !strings.Contains(answer, `"id":"leg-`) {
		t.Fatalf("it is answered %s", answer)
	}
	var seen string
	for next := 0; !strings.Contains(seen, "ringing"); {
		list, after, err := events.Next(t.Context(), next)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			seen += e.String() + "\n"
		}
		next = after
	}
	if !strings.Contains(seen, "from +15559990001 to +15551112222") {
		t.Errorf("what happens is\n%s", seen)
	}
}

func TestASimulatedCarrierIsForThisMachineOnly(t *testing.T) {
	p := launch(options{args: []string{"serve", "--addr", "127.0.0.1:0", "--simulate-addr", "0.0.0.0:0", "--simulate"}})
	p.wait(t, exitUsage)
	if got := p.err.String(); !strings.Contains(got, "simulate-addr 0.0.0.0:0") {
		t.Errorf("it says\n%s", got)
	}
}
