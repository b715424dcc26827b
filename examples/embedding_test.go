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

func Example() {
	set, err := load()
	if err != nil {
		log.Fatal(err)
	}
	engine, err := runtime.New(runtime.Config{Flows: set})
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
