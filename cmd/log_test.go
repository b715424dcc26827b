package cmd

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestEverythingIsJSONWhenAskedFor(t *testing.T) {
	p := launch(options{args: []string{"serve", "--addr", "127.0.0.1:0", "--simulate-addr", "127.0.0.1:0", "--log-format", "json", "--log-level", "debug", "--hosts", "api.example.com"}})
	p.err.await(t, `"msg":"webhooks are taken from everybody`)
	for _, line := range objects(t, p.err.String()) {
		if line["msg"] == "serving" {
			p.base = "http://" + line["address"].(string)
			if line["flows"] == 0.0 || line["store"] != "memory" || line["hosts"] != "api.example.com" || line["version"] == "" {
				t.Errorf("%v", line)
			}
		}
	}
	p.call(t, "front-desk", "c-1").hear(t, "initiate", nil, "gather")
	p.err.await(t, `"msg":"request"`)
	p.signal(t, syscall.SIGTERM)
	p.wait(t, exitFine)
	if got := p.out.String(); got != "" {
		t.Errorf("the output is %q", got)
	}
	for _, line := range objects(t, p.err.String()) {
		if took, ok := line["took"]; ok {
			if _, err := time.ParseDuration(took.(string)); err != nil {
				t.Errorf("took %v", took)
			}
		}
		if line["msg"] == "step" && line["to"] != "greeting" || line["msg"] == "request" && line["path"] != "/flows/front-desk" {
			t.Errorf("%v", line)
		}
	}
}

func TestRefusalsToStartAreJSONWhenAskedFor(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--addr", "0.0.0.0:0"}, "there are no credentials"},
		{[]string{"--param", "front-desk.x=1"}, `flow \"front-desk\" has no param \"x\"`},
		{[]string{"--deadline", "soon"}, `\"soon\" is no duration`},
		{[]string{t.TempDir()}, "there are no flows in"},
	}
	for _, tt := range tests {
		p := launch(options{args: append([]string{"serve", "--log-format", "json"}, tt.args...)})
		p.wait(t, exitUsage)
		if len(objects(t, p.err.String())) == 0 || !strings.Contains(p.err.String(), tt.want) {
			t.Errorf("%s: it says\n%s", tt.args, p.err)
		}
	}
}

// objects reads lines that are JSON objects.
func objects(t *testing.T, text string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(text) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, object)
	}
	return list
}

func TestAWebhookThatIsNotUnderstoodIsOneLine(t *testing.T) {
	p := serve(t, options{})
	before := len(p.err.await(t, "everybody"))
	answer := post(p.base+"/flows/front-desk", []byte("hello"))
	log := p.err.await(t, "not understood")[before:]
	if !strings.Contains(answer, "no webhook of Bandwidth") || strings.Contains(log, "step") || strings.Contains(log, "ERR") || !strings.Contains(log, "WRN webhook not understood") {
		t.Errorf("answered %q, logged\n%s", answer, log)
	}
}
