package event_test

import (
	"fmt"
	"log"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

const bridgeFailed = `{
  "eventType": "bridgeComplete",
  "eventTime": "2019-07-31T13:15:35.121Z",
  "callId": "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d",
  "cause": "busy",
  "errorMessage": "already bridged with another call",
  "newField": 42
}`

func ExampleDecode() {
	webhook, err := event.Decode([]byte(bridgeFailed))
	if err != nil {
		log.Fatal(err)
	}
	switch w := webhook.(type) {
	case *event.BridgeComplete:
		at, _ := w.EventTime.Time()
		fmt.Println(w.Cause, "at", at.Format("15:04:05"), "with", string(w.Extra["newField"]))
	default:
		fmt.Printf("unexpected %T\n", w)
	}
	// Output: busy at 13:15:35 with 42
}

func ExampleEvent_DecodeJSON() {
	var e event.Event // may be used again for the next webhook
	if err := e.DecodeJSON([]byte(bridgeFailed)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Type().Name, e.Type().Sync, e.Key())
	fmt.Println(e.Value(event.FieldCause), e.Has(event.FieldErrorID))
	// Output:
	// bridgeComplete true c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d
	// busy false
}

func ExampleNew() {
	e, err := event.New("gather", map[string]any{"callId": "c-1", "digits": "42"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(e.AppendJSON(nil)))
	// Output: {"callId":"c-1","digits":"42","eventType":"gather"}
}
