package flow_test

import (
	"fmt"
	"log"
	"os"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flows"
)

func ExampleLoad() {
	params := map[string]map[string]any{"front-desk": {"agent": "+15550100001", "ring": 25}}
	set, problems, err := flow.Load(flow.Options{Params: params}, "../flows")
	if err != nil {
		log.Fatal(err) // a path that cannot be read
	}
	if err := problems.Err(); err != nil {
		log.Fatal(err) // flows with errors
	}
	for _, p := range set.Flow("front-desk").Params {
		fmt.Println(p.Name, "=", p.Value)
	}
	// Output:
	// agent = +15550100001
	// number = +15559990000
	// ring = 25
}

func ExampleLoadFS() {
	set, problems, err := flow.LoadFS(flow.Options{}, flows.FS) // an embed.FS
	if err != nil {
		log.Fatal(err)
	}
	if err := problems.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Flow("front-desk").Description)
	// Output: Menu, agent on a second leg, voicemail.
}

func ExampleParse() {
	text := []byte(`flow: hello
start: {initiate: greeting}
states:
  greeting:
    bxml: [{Gather: {maxDigits: 1}}]
    on:
      gather:
        - {guard: event.digit == "1", target: goodbye}
        - target: greeting
  goodbye: {type: final, bxml: [Hangup]}
`)
	_, problems := flow.Parse("hello.yaml", text, flow.Options{})
	for _, p := range problems {
		fmt.Println(p.Rule, "at line", p.Span.Start.Line)
	}
	source := func(string) []byte { return text }
	if err := diag.Text(os.Stdout, problems, source, diag.TextOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// unknown-name at line 8
	// hello.yaml:8:19: error: gather has no field "digit" [unknown-name]
	//             - {guard: event.digit == "1", target: goodbye}
	//                       ^~~~~~~~~~~
	//     help: did you mean event.digits?

}

func ExampleFlow_Mermaid() {
	f, problems := flow.Parse("hello.yaml", []byte(`flow: hello
start: {initiate: greeting}
states:
  greeting:
    bxml: [{Gather: {maxDigits: 1}}]
    on: {gather: goodbye}
  goodbye: {type: final, bxml: [Hangup]}
`), flow.Options{})
	if err := problems.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Print(f.Mermaid())
	// Output:
	// ---
	// title: hello
	// ---
	// stateDiagram-v2
	//   state "greeting" as s0
	//   state "goodbye" as s1
	//   [*] --> s0: initiate
	//   s0 --> s1: gather
	//   s1 --> [*]
}
