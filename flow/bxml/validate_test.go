package bxml_test

import (
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/google/go-cmp/cmp"
)

func problems(list []bxml.Problem) (lines []string) {
	for _, p := range list {
		lines = append(lines, p.String())
	}
	return lines
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name    string
		context bxml.Context
		verbs   string
		want    []string
	}{
		{"a good document", bxml.Call, `<SpeakSentence voice="julie">Hi <break time="1s"/></SpeakSentence><Gather gatherUrl="?t=1" maxDigits="1" repeatCount="3">` +
			`<SpeakSentence>Press 1</SpeakSentence><PlayAudio username="u" password="p">a.wav</PlayAudio></Gather>`, nil},
		{"an empty document", bxml.Call, ``, nil},
		{"an unknown verb", bxml.Call, `<SpeakSentnce>x</SpeakSentnce>`, []string{`SpeakSentnce[0]: error: there is no verb "SpeakSentnce" [unknown-verb]`}},
		{"a child on its own", bxml.Call, `<Hangup/><SipUri>sip:a@b</SipUri>`, []string{
			`SipUri[1]: error: SipUri stands inside Transfer or Refer only [misplaced-verb]`,
			`SipUri[1]: warning: SipUri never runs: Hangup[0] comes before it, and it ends the document [dead-verb]`}},
		{"verbs in the wrong place", bxml.Call, `<Gather><Hangup/><Foo/></Gather><Ring><Pause/></Ring>`, []string{
			`Gather[0]/Hangup[0]: error: Hangup does not stand inside Gather, only SpeakSentence, PlayAudio [misplaced-verb]`,
			`Gather[0]/Foo[1]: error: there is no verb "Foo" [unknown-verb]`,
			`Ring[1]/Pause[0]: error: Ring takes no children, here is Pause [misplaced-verb]`}},
		{"attributes", bxml.Call, `<Pause/><Gather gaterUrl="x" maxDigits="61"><SpeakSentence voice="nobody">x</SpeakSentence></Gather>`, []string{
			`Gather[1]@gaterUrl: error: Gather has no attribute "gaterUrl" [unknown-attribute]`,
			`Gather[1]@maxDigits: error: "61" is above 50 [attribute-value]`,
			`Gather[1]/SpeakSentence[0]@voice: error: "nobody" is not one of the 49 legal values [attribute-value]`}},
		{"names that SDKs misspell", bxml.Call, `<Conference calbackTimeout="5">x</Conference><Record recordCompleteFallback_url="/x"/>`, []string{
			`Conference[0]@calbackTimeout: warning: "calbackTimeout" is misspelt, the carrier ignores it [unknown-attribute]`,
			`Record[1]@recordCompleteFallback_url: warning: "recordCompleteFallback_url" is misspelt, the carrier ignores it [unknown-attribute]`}},
		{"required attributes", bxml.Call, `<Redirect/><StartStream><StreamParam name="a"/></StartStream><Hangup/>`, []string{
			`Redirect[0]: error: Redirect needs the attribute "redirectUrl" [missing-attribute]`,
			`StartStream[1]: error: StartStream needs the attribute "destination" [missing-attribute]`,
			`StartStream[1]/StreamParam[0]: error: StreamParam needs the attribute "value" [missing-attribute]`,
			`StartStream[1]: warning: StartStream never runs: Redirect[0] comes before it, and it ends the document [dead-verb]`}},
		{"texts", bxml.Call, `<Hangup>x</Hangup><SendDtmf>1x</SendDtmf><Bridge/><SpeakSentence> </SpeakSentence>`, []string{
			`Hangup[0]: error: Hangup takes no text, here is "x" [text]`,
			`SendDtmf[1]: error: "1x" holds 'x', legal is 0-9 * # A-D a-d , w W [text]`,
			`Bridge[2]: error: targetCall must not be blank [text]`,
			`SpeakSentence[3]: error: text must not be blank [text]`,
			`SendDtmf[1]: warning: SendDtmf never runs: Hangup[0] comes before it, and it ends the document [dead-verb]`}},
		{"a conference without its name", bxml.Call, `<Conference name="x"/>`, []string{
			`Conference[0]@name: error: Conference has no attribute "name" [unknown-attribute]`,
			`Conference[0]: error: name must not be blank [text]`}},
		{"SSML", bxml.Call, `<SpeakSentence><break time="11s"/>a<blink>b<emphasis lvl="x"/></blink></SpeakSentence><SpeakSentence><break/></SpeakSentence>`, []string{
			`SpeakSentence[0]/break[0]@time: error: "11s" is above 10s [ssml]`,
			`SpeakSentence[0]/blink[2]: warning: "blink" is no SSML element that the carrier knows [ssml]`,
			`SpeakSentence[0]/blink[2]/emphasis[1]@lvl: error: emphasis has no attribute "lvl" [ssml]`}},
		{"counts of children", bxml.Call, `<Transfer/><Refer><SipUri>sip:a@b</SipUri><SipUri>sip:a@b</SipUri></Refer>`, []string{
			`Transfer[0]: error: Transfer needs PhoneNumber or SipUri [child-count]`,
			`Refer[1]: error: Refer has 2 children, it takes at most 1 [child-count]`}},
		{"nine targets", bxml.Call, `<Transfer>` + strings.Repeat(`<PhoneNumber>+15551234567</PhoneNumber>`, 9) + `</Transfer>`, []string{
			`Transfer[0]: error: Transfer has 9 children, it takes at most 8 [child-count]`}},
		{"twenty plays", bxml.Call, `<Gather repeatCount="10"><PlayAudio>a</PlayAudio><PlayAudio>b</PlayAudio></Gather><Gather repeatCount="99"/>`, nil},
		{"twenty-two plays", bxml.Call, `<Gather repeatCount="11"><PlayAudio>a</PlayAudio><PlayAudio>b</PlayAudio></Gather>`, []string{
			`Gather[0]@repeatCount: error: repeatCount 11 times 2 children is above 20 [child-count]`}},
		{"very many plays", bxml.Call, `<Gather repeatCount="9223372036854775"><PlayAudio>a</PlayAudio></Gather>`, []string{
			`Gather[0]@repeatCount: error: "9223372036854775" is too large [attribute-value]`,
			`Gather[0]@repeatCount: error: repeatCount 9223372036854775 times 1 children is above 20 [child-count]`}},
		{"credentials over http", bxml.Call, `<Record recordCompleteUrl="http://a/" recordingAvailableUrl="https://a/" username="u" password="p"/>` +
			`<StartTranscription transcriptionEventUrl="/x" username="u"/><Gather gatherUrl="http://a/" username="u"/>`, []string{
			`Record[0]@username: error: the carrier sends credentials over https only, and recordCompleteUrl is "http://a/" [credentials-https]`,
			`Record[0]@password: error: the carrier sends credentials over https only, and recordCompleteUrl is "http://a/" [credentials-https]`,
			`StartTranscription[1]: warning: StartTranscription never runs: Record[0] comes before it, and its recordCompleteUrl brings the next document [dead-verb]`}},
		{"attributes without effect", bxml.Call, `<Gather gatherMethod="GET" hints="x" gender="male"/><Record detectLanguage="true" transcribe="False"/>` +
			`<Transfer diversionReason="away"><PhoneNumber>+15551234567</PhoneNumber></Transfer><Forward to="+15551234567" uui="a;encoding=hex"/>`, []string{
			`Gather[0]@gatherMethod: warning: "gatherMethod" has no effect without gatherUrl [attribute-ignored]`,
			`Gather[0]@hints: warning: "hints" has an effect only when input is speech or dtmf_speech [attribute-ignored]`,
			`Gather[0]@gender: error: Gather has no attribute "gender" [unknown-attribute]`,
			`Record[1]@detectLanguage: warning: "detectLanguage" has an effect only when transcribe is true [attribute-ignored]`,
			`Transfer[2]@diversionReason: warning: "diversionReason" has an effect only when diversionTreatment is stack [attribute-ignored]`,
			`Forward[3]@uui: warning: "uui" has an effect only when to begins with sip: [attribute-ignored]`}},
		{"attributes with effect", bxml.Call, `<Gather gatherUrl="/" gatherMethod="GET" input="dtmf_speech" hints="x"/>`, nil},
		{"voice beside gender and locale", bxml.Call, `<SpeakSentence voice="julie" gender="male" locale="de">x</SpeakSentence>`, []string{
			`SpeakSentence[0]@gender: warning: "gender" is ignored beside voice [attribute-ignored]`,
			`SpeakSentence[0]@locale: warning: "locale" is ignored beside voice [attribute-ignored]`}},
		{"a long tag", bxml.Call, `<Tag>` + strings.Repeat("x", 257) + `</Tag><Gather tag="` + strings.Repeat("x", 4097) + `"/>`, []string{
			`Tag[0]: warning: 257 characters are more than the 256 that the carrier's verb pages allow [text]`,
			`Gather[1]@tag: error: 4097 characters are more than 4096 [attribute-value]`}},
		{"a hidden caller", bxml.Call, `<Transfer privacy="true" transferCallerDisplayName="Ann"><PhoneNumber>+15551234567</PhoneNumber></Transfer>` +
			`<Transfer privacy="true" transferCallerDisplayName="Private"><PhoneNumber>+15551234567</PhoneNumber></Transfer>`, []string{
			`Transfer[0]@transferCallerDisplayName: error: with privacy only Restricted, Anonymous, Private, Unavailable are legal [combination]`}},
		{"attributes inside Refer", bxml.Call, `<Refer><SipUri tag="x">sip:a@b</SipUri></Refer>`, []string{
			`Refer[0]/SipUri[0]: error: SipUri takes no attributes inside Refer [combination]`}},
		{"StartGather with Forward", bxml.Call, `<StartGather dtmfUrl="/"/><Forward to="sip:a@b"/>`, []string{
			`Forward[1]: error: Forward cannot be combined with StartGather [combination]`}},
		{"a stream at the end", bxml.Call, `<StartStream destination="wss://a"/>`, []string{
			`StartStream[0]: warning: as the last verb StartStream lets the call end at once [combination]`}},
		{"two streams of one name", bxml.Call, `<StartStream name="a" destination="wss://a"/><StopStream name="a"/><StartStream name="a" destination="wss://a"/>` +
			`<StartStream name="a" destination="wss://a"/><Pause/>`, []string{
			`StartStream[3]@name: warning: "a" is the name of an earlier StartStream: the carrier rejects this one [combination]`}},
		{"a transfer leg", bxml.TransferLeg, `<Refer><SipUri>sip:a@b</SipUri></Refer><Bridge>c-1</Bridge>`, []string{
			`Refer[0]: warning: the carrier's pages do not say whether Refer may run on a transfer leg [verb-context]`,
			`Bridge[1]: error: Bridge is not allowed on a transfer leg before it is connected [verb-context]`}},
		{"a conference", bxml.Conference, `<Pause/><StartRecording transcribe="true"/><StopRecording/>`, []string{
			`Pause[0]: error: Pause is not allowed in a document for a conference: the carrier refuses the whole document [verb-context]`,
			`StartRecording[1]@transcribe: warning: "transcribe" is ignored on a conference [attribute-ignored]`}},
		{"a relative fallback URL", bxml.Call, `<Gather gatherUrl="/a" gatherFallbackUrl="/b"/>`, []string{
			`Gather[0]@gatherFallbackUrl: warning: the carrier's pages do not say that this URL may be relative [attribute-value]`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := bxml.Decode([]byte("<Response>" + tt.verbs + "</Response>"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, problems(d.Validate(tt.context))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestValidateDocumentsThatCannotBeDecoded(t *testing.T) {
	tests := []struct {
		name string
		doc  *bxml.Document
		want []string
	}{
		{"too large", doc(&bxml.Element{Name: "SpeakSentence", Text: strings.Repeat("&", 20000)}),
			[]string{`document: error: 100090 bytes are more than the 65536 that the carrier takes [document-size]`}},
		{"a repeated attribute", doc(&bxml.Element{Name: "Ring", Attributes: attrs("duration", "1", "duration", "2")}),
			[]string{`Ring[0]@duration: error: "duration" is there twice [unknown-attribute]`}},
		{"SSML where none belongs", doc(&bxml.Element{Name: "Tag", Nodes: []bxml.Node{{Element: "s"}}}, &bxml.Element{Name: "Hangup", Nodes: []bxml.Node{{Element: "s"}}}),
			[]string{`Tag[0]: error: Tag takes no SSML [text]`, `Hangup[1]: error: Hangup takes no text, here is "" [text]`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, problems(tt.doc.Validate(bxml.Call))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryRequiredAttributeIsAskedFor(t *testing.T) {
	for _, v := range bxml.Verbs() {
		for i := range v.Attributes {
			if a := &v.Attributes[i]; a.Required {
				e := &bxml.Element{Name: v.Name}
				if len(v.Parents) > 0 {
					e = &bxml.Element{Name: v.Parents[0], Children: []*bxml.Element{e}}
				}
				want := v.Name + ` needs the attribute "` + a.Name + `" [missing-attribute]`
				if got := strings.Join(problems(doc(e).Validate(bxml.Call)), "\n"); !strings.Contains(got, want) {
					t.Errorf("no %q in %q", want, got)
				}
			}
		}
	}
}

func TestComputedValuesCountAsLegal(t *testing.T) {
	v := bxml.Validator{Computed: func(text string) bool { return strings.Contains(text, "${") }}
	d := doc(
		&bxml.Element{Name: "Gather", Attributes: attrs("input", "${x}", "hints", "a", "repeatCount", "${n}", "maxDigits", "61"),
			Children: []*bxml.Element{{Name: "SpeakSentence", Text: "${x}"}}},
		&bxml.Element{Name: "Record", Attributes: attrs("recordCompleteUrl", "${u}", "username", "${u}")},
		&bxml.Element{Name: "Bridge", Text: "${call.parent}"},
	)
	want := []string{
		`Gather[0]@maxDigits: error: "61" is above 50 [attribute-value]`,
		`Bridge[2]: warning: Bridge never runs: Record[1] comes before it, and its recordCompleteUrl brings the next document [dead-verb]`,
	}
	if diff := cmp.Diff(want, problems(v.Validate(d))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHelpNamesTheRightWord(t *testing.T) {
	tests := []struct {
		name string
		e    *bxml.Element
		want string
	}{
		{"a verb", &bxml.Element{Name: "hangup"}, `did you mean "Hangup"?`},
		{"an attribute", &bxml.Element{Name: "Ring", Attributes: attrs("duratoin", "1")}, `did you mean "duration"?`},
		{"an attribute that is far off", &bxml.Element{Name: "Ring", Attributes: attrs("xyz", "1")}, "there are duration, answerCall"},
		{"an attribute of a verb without any", &bxml.Element{Name: "Hangup", Attributes: attrs("xyz", "1")}, ""},
		{"a misspelt attribute", &bxml.Element{Name: "Record", Attributes: attrs("recordCompleteFallback_method", "GET")}, `write "recordCompleteFallbackMethod"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := doc(tt.e).Validate(bxml.Call)
			if len(got) != 1 || got[0].Help != tt.want {
				t.Errorf("got %+v, want the help %q", got, tt.want)
			}
		})
	}
}
