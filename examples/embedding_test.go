package examples_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd"
	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flows"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// The pieces of docs/embedding.md that stand in no other example.

func load() (*flow.Set, error) {
	set, problems, err := flow.LoadFS(flow.Options{}, flows.FS)
	if err != nil {
		return nil, err
	}
	return set, problems.Err()
}

func Example_serve() {
	set, err := load()
	if err != nil {
		log.Fatal(err)
	}
	engine, err := runtime.New(runtime.Config{
		Flows:       set,
		Credentials: []runtime.Credential{{Username: "bandwidth", Password: os.Getenv("WEBHOOK_PASSWORD")}},
		Hosts:       []runtime.Host{{Name: "api.example.com"}},
		Deadline:    4 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/voice/", http.StripPrefix("/voice", engine.Handler()))
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", mux))
}

// connect makes an engine for flows that make and move calls.
func connect(set *flow.Set, id, secret string) (*runtime.Engine, error) {
	client, err := bandwidth.New(bandwidth.Config{AccountID: "9900000", ClientID: id, ClientSecret: secret})
	if err != nil {
		return nil, err
	}
	engine, err := runtime.New(runtime.Config{
		Flows:         set,
		Carrier:       client, // or anything that implements runtime.Carrier
		ApplicationID: "04e88489-df02-4e34-a0ee-27a91849555f",
		PublicURL:     "https://voice.example.com",
		Secrets:       func(name string) (string, error) { return vault.Read(name) },
	})
	return engine, err
}

// vault stands for wherever a deployment keeps its secrets.
var vault secrets

type secrets map[string]string

func (s secrets) Read(name string) (string, error) {
	if value, ok := s[name]; ok {
		return value, nil
	}
	return "", fmt.Errorf("there is no secret %q", name)
}

// Calls somebody, and tells the call later that the appointment was moved.
func Example_outside() {
	ctx := context.Background()
	set, err := load()
	if err != nil {
		log.Fatal(err)
	}
	engine, err := connect(set, os.Getenv("BW_CLIENT_ID"), os.Getenv("BW_CLIENT_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close(ctx)
	id, err := engine.Call(ctx, "reminder", runtime.CallRequest{To: "+15551234567", Vars: map[string]any{"when": "today"}}, "order-7")
	if err != nil {
		log.Fatal(err)
	}
	handled, err := engine.Signal(ctx, id, "moved", map[string]any{"when": "tomorrow"}, "order-7/moved")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(handled) // false when the call has ended meanwhile
}

func Example() {
	set, err := load()
	if err != nil {
		log.Fatal(err)
	}
	engine, err := connect(set, "id", "secret")
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close(context.Background())

	ring, err := event.New("initiate", map[string]any{"callId": "c-1", "from": "+15551112222", "to": "+15552220000"})
	if err != nil {
		log.Fatal(err)
	}
	reply := engine.Handle(context.Background(), runtime.Delivery{Flow: "front-desk", Trusted: true, Event: ring})
	document, err := bxml.Decode(reply.Document)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(reply.Status, document.Verbs[0].Text)
	// Output: 200 Thanks for calling.
}

func Example_command() {
	tier := func(args ...any) (any, error) {
		if args[0].(int) >= 10 {
			return "gold", nil
		}
		return "basic", nil
	}
	kit := runtime.Kit{Functions: map[string]flow.Function{"tier": {Call: tier}}}
	args := []string{"phones", "test", "embed"} // in a program: os.Args
	cmd.Main(args, cmd.OS(), kit)
	// Output:
	// ok   embed/support_test.yaml (4 tests)
	// 4 passed, 0 failed
}

// Whoever copies from the page gets code that compiles.
func TestTheCodeOfThePageStandsInExamples(t *testing.T) {
	page, err := os.ReadFile("../docs/embedding.md")
	if err != nil {
		t.Fatal(err)
	}
	var sources []string
	for _, pattern := range []string{"*.go", "*/*.go", "../flow/example_test.go", "../cmd/bxmlflow/*.go", "../runtime/store/memory/*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, flat(string(text)))
		}
	}
	all := strings.Join(sources, "\n")
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) == 0 {
		t.Fatal("the page has no code")
	}
	for _, block := range blocks {
		for part := range strings.SplitSeq(block[1], "// ...\n") {
			if !strings.Contains(all, flat(part)) {
				t.Errorf("no example has this code of the page:\n%s", part)
			}
		}
	}
}

// flat returns code without its indentation.
func flat(code string) string {
	lines := strings.Split(strings.TrimSpace(code), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}
