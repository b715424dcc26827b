package runtime_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// A program loads flows, makes an engine of them and serves its handler. Here a test server takes the place of the network
// and sends the webhook of a call that comes in.
func Example() {
	flows, problems := flow.Compile(flow.Options{}, flow.Source{Path: "hello.yaml", Text: []byte(`
flow: hello
start: {initiate: ask}
states:
  ask:
    bxml:
      - Gather: {maxDigits: 1, nested: [{SpeakSentence: "Hello ${last4(call.from)}. Press a key."}]}
    on: {gather: bye}
  bye:
    type: final
    bxml: [{SpeakSentence: Goodbye.}, Hangup]
`)})
	if err := problems.Err(); err != nil {
		log.Fatal(err)
	}
	engine, err := runtime.New(runtime.Config{Flows: flows})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close(context.Background())

	answer := httptest.NewRecorder()
	engine.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/flows/hello", strings.NewReader(
		`{"eventType":"initiate","callId":"c-1","from":"+15551112222","to":"+15553334444","direction":"inbound"}`)))
	fmt.Println(answer.Code, answer.Header().Get("Content-Type"))
	fmt.Println(regexp.MustCompile(`t=[\w-]+`).ReplaceAllString(answer.Body.String(), "t=..."))
	// Output:
	// 200 application/xml; charset=utf-8
	// <?xml version="1.0" encoding="UTF-8"?><Response><Gather maxDigits="1" gatherUrl="?t=..."><SpeakSentence>Hello 2222. Press a key.</SpeakSentence></Gather></Response>
}

// An action is a Go function that flows may call, declared by them under `uses`.
func ExampleAction() {
	flows, problems := flow.Compile(flow.Options{}, flow.Source{Path: "greet.yaml", Text: []byte(`
flow: greet
uses: {actions: {customer: {with: {phone: string}, returns: {name: string}}}}
start: {initiate: greet}
states:
  greet:
    entry: [{customer: {phone: "${call.from}"}, as: customer}]
    type: final
    bxml: [{SpeakSentence: "Hello ${vars.customer.name}."}, Hangup]
`)})
	if err := problems.Err(); err != nil {
		log.Fatal(err)
	}
	engine, err := runtime.New(runtime.Config{Flows: flows, Kit: runtime.Kit{Actions: map[string]runtime.Action{
		"customer": func(_ context.Context, call runtime.ActionCall) (map[string]any, error) {
			return map[string]any{"name": map[any]string{"+15551112222": "Ada"}[call.With["phone"]]}, nil
		},
	}}})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close(context.Background())

	answer := httptest.NewRecorder()
	engine.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/flows/greet", strings.NewReader(
		`{"eventType":"initiate","callId":"c-1","from":"+15551112222","to":"+15553334444","direction":"inbound"}`)))
	fmt.Println(answer.Body)
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?><Response><SpeakSentence>Hello Ada.</SpeakSentence><Hangup/></Response>
}
