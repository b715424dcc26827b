package cmd

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// menu is a flow that says a word and asks for a key.
func menu(word string) string {
	return `version: 1
flow: menu
start: {initiate: greeting}
states:
  greeting:
    bxml:
      - Gather: {maxDigits: 1, nested: [{SpeakSentence: "` + word + `"}]}
    on:
      gather: {target: bye}
  bye:
    type: final
    bxml: [{SpeakSentence: "Goodbye from ` + word + `."}, Hangup]
`
}

func TestServeAnswersACall(t *testing.T) {
	p := serve(t, options{args: []string{folder(t, map[string]string{"menu.yaml": menu("Hello")})}})
	c := p.call(t, "menu", "c-1")
	if got := c.hear(t, "initiate", nil, "gather"); got != "Hello" {
		t.Errorf("the caller hears %q", got)
	}
	if got := c.hear(t, "gather", map[string]any{"digits": "1"}, ""); got != "Goodbye from Hello." {
		t.Errorf("the caller hears %q", got)
	}
	p.signal(t, syscall.SIGTERM)
	p.wait(t, exitFine)
	log := p.err.String()
	for _, want := range []string{"event=gather", "from=greeting", "to=bye", "transition=greeting/gather/0", "turn=2", "stopped"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %s:\n%s", want, log)
		}
	}
	if strings.Contains(log, "5551112222") {
		t.Errorf("the log names the caller:\n%s", log)
	}
}

func TestServeWithoutPathsServesTheSampleFlows(t *testing.T) {
	p := serve(t, options{})
	out := p.out.await(t, "/flows/voicemail")
	if !strings.Contains(out, "serving the sample flows") || strings.Contains(out, "/flows/pin") {
		t.Errorf("it says\n%s", out)
	}
	if got := p.call(t, "front-desk", "c-1").hear(t, "initiate", nil, "gather"); !strings.HasPrefix(got, "Thanks for calling.") {
		t.Errorf("the caller hears %q", got)
	}
}

func TestServeAsksForCredentials(t *testing.T) {
	p := serve(t, options{env: map[string]string{"BXMLFLOW_USERNAME": "bw", "BXMLFLOW_PASSWORD": "secret"}})
	c := p.call(t, "front-desk", "c-1")
	if status, _ := c.send(t, "initiate", nil); status != http.StatusUnauthorized {
		t.Errorf("without credentials the status is %d", status)
	}
	c.login = url.UserPassword("bw", "secret")
	c.hear(t, "initiate", nil, "gather")
	c.login = nil // the token in the URL suffices
	c.hear(t, "gather", map[string]any{"digits": "2"}, "recordComplete")
}

func TestServeSetsParams(t *testing.T) {
	dir := folder(t, map[string]string{
		"c.config": "params: {menu: {word: Hi, mark: '!'}}",
		"menu.yaml": strings.NewReplacer("flow: menu", "flow: menu\nparams: {word: Hello, mark: '.'}",
			`SpeakSentence: "Hello"`, `SpeakSentence: "${params.word}${params.mark}"`).Replace(menu("Hello")),
	})
	p := serve(t, options{args: []string{"--config", filepath.Join(dir, "c.config"), "--param", "menu.mark=?", filepath.Join(dir, "menu.yaml")}})
	if got := p.call(t, "menu", "c-1").hear(t, "initiate", nil, "gather"); got != "Hi?" {
		t.Errorf("the caller hears %q", got)
	}
}

func TestCallsInFlightFinishOnTheirVersionWhenFilesChange(t *testing.T) {
	dir := folder(t, map[string]string{"menu.yaml": menu("One")})
	p := serve(t, options{args: []string{dir}})
	old := p.call(t, "menu", "c-old")
	old.hear(t, "initiate", nil, "gather")

	write(t, filepath.Join(dir, "menu.yaml"), menu("Two"))
	p.err.await(t, "flows reloaded")
	if got := p.call(t, "menu", "c-new").hear(t, "initiate", nil, "gather"); got != "Two" {
		t.Errorf("a new call hears %q", got)
	}
	if got := old.hear(t, "gather", map[string]any{"digits": "1"}, ""); got != "Goodbye from One." {
		t.Errorf("the old call hears %q", got)
	}
}

func TestFlowsWithErrorsAreNotTakenOn(t *testing.T) {
	dir := folder(t, map[string]string{"menu.yaml": menu("One")})
	p := serve(t, options{args: []string{dir}})
	write(t, filepath.Join(dir, "menu.yaml"), strings.Replace(menu("Two"), "target: bye", "target: buy", 1))
	p.err.await(t, "menu.yaml:9:24")
	p.err.await(t, "flows not reloaded")
	if got := p.call(t, "menu", "c-1").hear(t, "initiate", nil, "gather"); got != "One" {
		t.Errorf("a new call hears %q", got)
	}
	write(t, filepath.Join(dir, "menu.yaml"), menu("Three"))
	p.err.await(t, "flows reloaded")
	if got := p.call(t, "menu", "c-2").hear(t, "initiate", nil, "gather"); got != "Three" {
		t.Errorf("a call after the repair hears %q", got)
	}
}

func TestFlowsAreReloadedOnSIGHUP(t *testing.T) {
	dir := folder(t, map[string]string{"menu.yaml": menu("One")})
	p := serve(t, options{args: []string{"--watch=false", dir}})
	write(t, filepath.Join(dir, "menu.yaml"), menu("Two"))
	p.signal(t, syscall.SIGHUP)
	p.err.await(t, "flows reloaded")
	if got := p.call(t, "menu", "c-1").hear(t, "initiate", nil, "gather"); got != "Two" {
		t.Errorf("a new call hears %q", got)
	}
}

// slow is a flow that answers when the action hold returns.
const slow = `version: 1
flow: slow
uses:
  actions:
    hold: {returns: {ok: bool}}
start: {initiate: asking}
states:
  asking:
    entry:
      - hold: {}
        as: held
    always: {target: done}
  done:
    type: final
    bxml: [{SpeakSentence: "held ${vars.held.ok}"}, Hangup]
`

// hold is a server with a webhook in flight that is answered when release is closed.
func hold(t *testing.T, args ...string) (p *process, release chan struct{}, answered chan string) {
	t.Helper()
	entered := make(chan struct{})
	release, answered = make(chan struct{}), make(chan string, 1)
	kit := runtime.Kit{Actions: map[string]runtime.Action{
		"hold": func(context.Context, runtime.ActionCall) (map[string]any, error) {
			close(entered)
			<-release
			return map[string]any{"ok": true}, nil
		},
	}}
	p = serve(t, options{kit: kit, args: append(args, "--deadline", "1m", folder(t, map[string]string{"slow.yaml": slow}))})
	c := p.call(t, "slow", "c-1")
	go func() {
		body, err := encode("initiate", map[string]any{"callId": c.id, "from": "+15551112222", "to": "+15553334444"})
		if err != nil {
			answered <- err.Error()
			return
		}
		answered <- post(c.target.String(), body)
	}()
	<-entered
	return p, release, answered
}

func TestWebhooksInFlightAreAnsweredBeforeTheEnd(t *testing.T) {
	p, release, answered := hold(t)
	p.signal(t, syscall.SIGTERM)
	p.err.await(t, "stopping")
	health := p.call(t, "slow", "")
	health.target.Path = "/healthz"
	pollStatus(t, health.target.String(), http.StatusServiceUnavailable)
	close(release)
	if got := <-answered; !strings.Contains(got, "held true") {
		t.Errorf("the webhook in flight got %s", got)
	}
	p.wait(t, exitFine)
}

func TestASecondSignalEndsAtOnce(t *testing.T) {
	p, release, _ := hold(t)
	defer close(release)
	p.signal(t, syscall.SIGTERM)
	p.err.await(t, "stopping")
	p.signal(t, syscall.SIGINT)
	p.wait(t, exitFailed)
	if got := p.err.String(); !strings.Contains(got, "stopped at once by a second interrupt") {
		t.Errorf("it says\n%s", got)
	}
}

func TestTheDrainTimeoutCutsWebhooksOff(t *testing.T) {
	p, release, _ := hold(t, "--drain-timeout", "10ms")
	defer close(release)
	p.signal(t, syscall.SIGTERM)
	p.wait(t, exitFailed)
	if got := p.err.String(); !strings.Contains(got, "cut off after 10ms") {
		t.Errorf("it says\n%s", got)
	}
}

func TestServeRefusesToStart(t *testing.T) {
	dir := folder(t, map[string]string{
		"menu.yaml": menu("Hello"),
		"wrong.yml": "version: 1\nflow: wrong\nstart: {initiate: nowhere}\nstates: {}\n",
	})
	good := filepath.Join(dir, "menu.yaml")
	ringing := filepath.Join(folder(t, map[string]string{
		"ringing.yaml": strings.Replace(menu("Hello"), "flow: menu", "flow: ringing\nparams: {other: {type: string, required: true}, ring: 20}", 1),
	}), "ringing.yaml")
	occupied := serve(t, options{})
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"on an address that others reach without credentials", []string{"--addr", "0.0.0.0:0", good}, exitUsage, "BXMLFLOW_USERNAME and BXMLFLOW_PASSWORD"},
		{"on every address without credentials", []string{"--addr", ":0", good}, exitUsage, "--insecure"},
		{"flows with errors", []string{"--addr", "127.0.0.1:0", dir}, exitProblems, "wrong.yml:4:9: error: there is no state"},
		{"paths that do not exist", []string{filepath.Join(dir, "none")}, exitFailed, "no such file"},
		{"a folder without flows", []string{t.TempDir()}, exitUsage, "there are no flows in"},
		{"a port that is taken", []string{"--addr", strings.TrimPrefix(occupied.base, "http://"), good}, exitFailed, "address already in use"},
		{"params of a flow that does not exist", []string{"--param", "mneu.word=x", good}, exitUsage, `--param: error: param "word" is for the flow "mneu", which does not exist`},
		{"params that the flow does not have", []string{"--param", "menu.word=x", good}, exitUsage, `--param: error: flow "menu" has no param "word"`},
		{"a param of the wrong type", []string{"--param", "ringing.ring=long", ringing}, exitUsage, `--param: error: flow "ringing": the deployment sets param "ring" to long, which is no int`},
		{"a param that is missing", []string{ringing}, exitUsage, "bxmlflow: serve: flow \"ringing\" needs the param \"other\": set it with --param ringing.other=..., or under params in the configuration\n"},
		{"a public URL that is none", []string{"--addr", "127.0.0.1:0", "--public-url", "voice.example.com", good}, exitUsage, `bxmlflow: serve: "voice.example.com" is no base URL`},
		{"a host that cannot be private", []string{"--addr", "127.0.0.1:0", "--hosts", "127.0.0.1", good}, exitUsage, "write private: true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := launch(options{args: append([]string{"serve"}, tt.args...)})
			p.wait(t, tt.code)
			if got := p.err.String(); !strings.Contains(got, tt.want) {
				t.Errorf("it says\n%s\nwithout %q", got, tt.want)
			}
		})
	}
}

func TestServeOnEveryAddressWhenAskedTo(t *testing.T) {
	p := launch(options{args: []string{"serve", "--insecure", "--addr", "0.0.0.0:0", "--simulate-addr", "127.0.0.1:0"}})
	p.err.await(t, "webhooks are taken from everybody")
	p.signal(t, syscall.SIGINT)
	p.wait(t, exitFine)
}
