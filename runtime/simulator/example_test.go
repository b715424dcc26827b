package simulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// A person calls an application and presses a key.
func Example() {
	app := http.NewServeMux()
	app.HandleFunc("/initiate", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<Response><Gather gatherUrl="/choice" maxDigits="1"><SpeakSentence>Press one.</SpeakSentence></Gather></Response>`)
	})
	app.HandleFunc("/choice", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<Response><SpeakSentence>Thank you.</SpeakSentence></Response>`)
	})
	carrier, err := simulator.New(simulator.Config{
		Start:     time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Transport: simulator.Direct(app),
		Numbers:   map[string]simulator.Application{"+15550002222": {URL: "https://app.example/initiate"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	id, _ := carrier.Place(simulator.Inbound{From: "+15550001111", To: "+15550002222"})
	_ = carrier.Advance(ctx, time.Second)
	_ = carrier.Press(id, "1")
	_ = carrier.Advance(ctx, time.Minute)

	call, _ := carrier.Call(id)
	fmt.Printf("%q, then %s after %s\n", call.Heard, call.Cause, call.EndedAt.Sub(call.Started))
	// Output: ["Press one." "Thank you."], then hangup after 1.8s
}
