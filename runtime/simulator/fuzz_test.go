package simulator

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func FuzzDocument(f *testing.F) {
	for _, doc := range []string{
		`<Response><Gather gatherUrl="/g" repeatCount="3"><SpeakSentence>a <break time="1s"/> b</SpeakSentence></Gather></Response>`,
		`<Response><Record recordCompleteUrl="?x=1" terminatingDigits="*"/></Response>`,
		`<Response><StartGather dtmfUrl="//other/d"/><Pause duration="3"/><StopGather/><SendDtmf>1w2,3W</SendDtmf></Response>`,
		`<Bxml><Ring answerCall="false"/><Forward to="+15550003333"/></Bxml>`,
		`<Response><Redirect redirectUrl="/"/></Response>`,
		`<Response><Refer><SipUri>sip:a@b</SipUri></Refer><PlayAudio>x.ogg</PlayAudio></Response>`,
		`<Response><Transfer transferCompleteUrl="/"><PhoneNumber transferAnswerUrl="/">+15550003333</PhoneNumber><SipUri>sip:a@b</SipUri></Transfer></Response>`,
		`<Response><Conference conferenceEventUrl="/c" callIdsToCoach="c-1">room</Conference></Response>`, `<Response><Bridge>c-1</Bridge></Response>`,
		`<Response><StartRecording recordingAvailableUrl="/"/><StartStream destination="wss://a/" streamEventUrl="/"/><StopStream name="a" wait="true"/></Response>`,
		`<Response><StartTranscription transcriptionEventUrl="/" tracks="both"/><Pause/><StopTranscription/></Response>`,
		`<Response><Connect><Endpoint>e-1</Endpoint></Connect></Response>`, `<Response>`, ``,
	} {
		f.Add(doc, "12#")
	}
	f.Fuzz(func(t *testing.T, doc, keys string) {
		ends := 0
		app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/over") {
				ends++
			}
			_, _ = io.WriteString(w, doc)
		})
		c, err := New(Config{Start: began, Transport: Direct(app),
			Numbers: map[string]Application{desk: {URL: "https://app.example/", StatusURL: "https://app.example/over"}}})
		if err != nil {
			t.Fatal(err)
		}
		id, err := c.Place(Inbound{From: caller, To: desk})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := c.Advance(t.Context(), 2*time.Second); err != nil {
				t.Fatal(err)
			}
			_ = c.Press(id, keys) // refused when the call is not answered, or keys are none
		}
		_ = c.HangUp(id) // refused when the call is over
		if err := c.Advance(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if call, _ := c.Call(id); call.State != StateDisconnected || ends == 0 {
			t.Errorf("state %s, %d disconnects", call.State, ends)
		}
	})
}
