package bxml_test

import (
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

func Example() {
	nodes, err := bxml.ParseSSML(`Press 1 for sales <break time="500ms"/> or 2 for R&amp;D`)
	if err != nil {
		fmt.Println(err)
		return
	}
	d := &bxml.Document{Verbs: []*bxml.Element{
		{
			Name:       "Gather",
			Attributes: []bxml.Attr{{Name: "gatherUrl", Value: "/menu?lang=en&try=1"}, {Name: "maxDigits", Value: "1"}},
			Children:   []*bxml.Element{{Name: "SpeakSentence", Nodes: nodes}},
		},
		{Name: "Hangup"},
	}}
	fmt.Println(d)
	fmt.Println(d.Spoken())
	for _, problem := range d.Validate(bxml.Call) {
		fmt.Println(problem)
	}
	// Output:
	// <?xml version="1.0" encoding="UTF-8"?><Response><Gather gatherUrl="/menu?lang=en&amp;try=1" maxDigits="1"><SpeakSentence>Press 1 for sales <break time="500ms"/> or 2 for R&amp;D</SpeakSentence></Gather><Hangup/></Response>
	// Press 1 for sales or 2 for R&D
	// Hangup[1]: warning: Hangup never runs: Gather[0] comes before it, and its gatherUrl brings the next document [dead-verb]
}

func ExampleVerb_URL() {
	v := bxml.Lookup("Bridge")
	a := v.URL("bridgeTargetComplete")
	fmt.Println(a.Name, a.Method(), a.Username(), a.Fallback())
	fmt.Println(v.Attribute(a.Fallback()).Username())
	// Output:
	// bridgeTargetCompleteUrl bridgeTargetCompleteMethod username bridgeTargetCompleteFallbackUrl
	// fallbackUsername
}

func ExampleDocument_URL() {
	d, err := bxml.Decode([]byte(`<Response><StartGather dtmfUrl="/dtmf"/><Transfer transferCompleteUrl="/done">` +
		`<PhoneNumber transferDisconnectUrl="/left">+15551112222</PhoneNumber></Transfer></Response>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, event := range []string{"dtmf", "transferComplete", "transferDisconnect", "gather"} {
		url, asked := d.URL(event)
		fmt.Printf("%s %q %t\n", event, url, asked)
	}
	// Output:
	// dtmf "/dtmf" true
	// transferComplete "/done" true
	// transferDisconnect "/left" true
	// gather "" false
}

func ExampleAttribute_Check() {
	a := bxml.Lookup("Gather").Attribute("maxDigits")
	fmt.Println(a.Check("4"))
	fmt.Println(a.Check("61"))
	// Output:
	// <nil>
	// "61" is above 50
}
