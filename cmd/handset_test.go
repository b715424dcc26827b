package cmd

import (
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
)

// guarded is a flow with a signal, whose guard stays on the line when the caller is gone.
const guarded = `flow: guarded
signals: {free: {desk: int}}
start: {initiate: ringing}
states:
  ringing:
    entry: [{createCall: {leg: watcher, to: "+15553334444", from: "+15559990000", target: staying}}]
    bxml: [{Pause: {duration: 600}}]
    on: {free: served}
  served: {type: final, bxml: [{SpeakSentence: "Desk ${event.desk} is free."}, Hangup]}
  staying: {bxml: [{Pause: {duration: 9000}}, Redirect], on: {redirect: {}}}
`

func TestAPhoneWaitsForCallsOfASimulatedCarrier(t *testing.T) {
	_, carrier := simulated(t)
	in, keys := io.Pipe()
	p := launch(options{in: in, args: []string{"call", "--carrier", carrier}})
	p.err.await(t, "waiting for calls")
	p.err.await(t, "+15559990002  legs")
	answer := post(carrier+"/simulator/flows/calls/calls", []byte(`{"to": "+15551112222", "vars": {"name": "Ada"}}`))
	id := found(t, answer, `"id":"`, `"`)
	p.out.await(t, "rings")
	if answer := post(carrier+"/simulator/calls/"+id+"/pickUp", []byte(`{}`)); answer != "" {
		t.Errorf("the id of the flow's call leads to %s", answer)
	}
	p.out.await(t, `hears "Hello Ada."`)
	keys.Close()
	p.wait(t, exitFine)
}

func TestEveryPhoneHangsUpAtTheEndOfTheInput(t *testing.T) {
	dir := folder(t, map[string]string{"guarded.yaml": guarded})
	for _, mode := range []string{"--plain", "--live"} {
		p := launch(options{in: strings.NewReader("watcher: answer\n"), args: []string{"call", mode, dir + "/guarded.yaml"}})
		p.wait(t, exitFine)
		if out := p.out.String(); !strings.Contains(out, "watcher  has ended: hangup") || strings.Contains(out, "\n1") {
			t.Errorf("%s: it writes\n%s", mode, out)
		}
	}
}

func TestSignalsReachASimulatedCarrier(t *testing.T) {
	dir := folder(t, map[string]string{"guarded.yaml": guarded})
	s := serve(t, options{args: []string{"--simulate", dir}})
	carrier := found(t, s.out.await(t, "--admin-addr"), "its REST API is at ", "/api/v2")
	in, keys := io.Pipe()
	p := launch(options{in: in, args: []string{"call", "--carrier", carrier}})
	p.out.await(t, "watcher  rings")
	fmt.Fprintln(keys, "signal fre\nsignal free desk=3")
	p.out.await(t, `there is no signal "fre", did you mean "free"?: there are free(desk int)`)
	p.out.await(t, `hears "Desk 3 is free."`)
	keys.Close()
	p.wait(t, exitProblems)
}

func TestSignalsEndThePhone(t *testing.T) {
	dir := folder(t, map[string]string{"guarded.yaml": guarded})
	for _, mode := range []string{"--plain", "--live"} {
		in, keys := io.Pipe()
		p := launch(options{in: in, args: []string{"call", mode, dir + "/guarded.yaml"}})
		p.out.await(t, "watcher  rings")
		p.signal(t, syscall.SIGINT)
		p.wait(t, exitFine)
		keys.Close()
	}
}

func TestAnAddressInUseSaysHowToChooseAnother(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for want, args := range map[string][]string{
		"--addr 127.0.0.1:PORT":          {"simulator", "--addr", l.Addr().String()},
		"--simulate-addr 127.0.0.1:PORT": {"serve", "--simulate", "--addr", "127.0.0.1:0", "--simulate-addr", l.Addr().String()},
	} {
		p := launch(options{args: args})
		p.wait(t, exitFailed)
		if got := p.err.String(); !strings.Contains(got, want) {
			t.Errorf("it says %s, not %s", got, want)
		}
	}
}
