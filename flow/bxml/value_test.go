package bxml_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func TestEveryBoundOfTheTableIsKept(t *testing.T) {
	for _, v := range bxml.Verbs() {
		for i := range v.Attributes {
			a := &v.Attributes[i]
			t.Run(v.Name+"@"+a.Name, func(t *testing.T) {
				if a.Min != nil {
					legal(t, a, number(*a.Min), number(*a.Min+1))
					illegal(t, a, "-1")
					if *a.Min > 0 {
						illegal(t, a, number(max(0, *a.Min-1)))
					}
				}
				if a.Max != nil {
					legal(t, a, number(*a.Max), number(*a.Max-1))
					illegal(t, a, number(*a.Max+1))
				}
				if limit := max(a.MaxLen, a.RejectLen); limit > 0 {
					legal(t, a, strings.Repeat("é", limit), strings.Repeat("é", limit-1))
					illegal(t, a, strings.Repeat("é", limit+1))
				}
				legal(t, a, a.OrValues...)
				if a.Type == bxml.TypeEnum || a.Type == bxml.TypeMethod {
					legal(t, a, a.Values...)
					illegal(t, a, "", "nonsense", strings.ToUpper(a.Values[0])+"x")
				}
			})
		}
	}
}

func TestEveryTextOfTheTableIsKeptToItsBounds(t *testing.T) {
	for _, v := range bxml.Verbs() {
		c := v.Content
		if c == nil {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			for _, blank := range []string{"", "  \n"} {
				if err := c.Check(blank); (err != nil) != c.Required {
					t.Errorf("Check(%q) is %v", blank, err)
				}
			}
			if limit := max(c.Max, c.RejectLen); limit > 0 {
				if err := c.Check(strings.Repeat("1", limit)); err != nil {
					t.Error(err)
				}
				if c.Check(strings.Repeat("1", limit+1)) == nil {
					t.Errorf("%d characters are accepted", limit+1)
				}
			}
		})
	}
}

func legal(t *testing.T, a *bxml.Attribute, values ...string) {
	t.Helper()
	for _, value := range values {
		if err := a.Check(value); err != nil {
			t.Errorf("%q is refused: %v", value, err)
		}
	}
}

func illegal(t *testing.T, a *bxml.Attribute, values ...string) {
	t.Helper()
	for _, value := range values {
		if a.Check(value) == nil {
			t.Errorf("%q is accepted", value)
		}
	}
}

func TestTypes(t *testing.T) {
	long := "https://example.com/" + strings.Repeat("a", bxml.MaxURL)
	tests := []struct {
		name           string
		attribute      bxml.Attribute
		legal, illegal []string
	}{
		{"bool", bxml.Attribute{Type: bxml.TypeBool}, []string{"true", "false", "True", "FALSE"}, []string{"", "yes", "1", "truee"}},
		{"int", bxml.Attribute{Type: bxml.TypeInt}, []string{"0", "7", "007"}, []string{"", "-1", "+1", "1.0", "1e3", "0x1", "1_0", strings.Repeat("9", 40)}},
		{"seconds", bxml.Attribute{Type: bxml.TypeSeconds}, []string{"0", "5", "2.0", "0.5"}, []string{"", ".5", "5.", "-1", "1e3", "NaN", "Inf", "5s", " 5", strings.Repeat("9", 400)}},
		{"phone", bxml.Attribute{Type: bxml.TypePhone}, []string{"+15551234567", "+123456789012345"},
			[]string{"", "+", "+1", "15551234567", "+05551234567", "+1234567890123456", "+1 555", "+1555x", "Anonymous"}},
		{"phone or words", bxml.Attribute{Type: bxml.TypePhone, OrValues: []string{"Anonymous"}}, []string{"+15551234567", "Anonymous"}, []string{"anonymous"}},
		{"phone or SIP", bxml.Attribute{Type: bxml.TypePhone, OrType: bxml.TypeSIPURI}, []string{"+15551234567", "sip:a@b"}, []string{"a@b", ""}},
		{"SIP URI", bxml.Attribute{Type: bxml.TypeSIPURI}, []string{"sip:a@b", "SIP:1-999-123@x.example:5060;transport=tcp", "sip:a@[::1]"},
			[]string{"", "sip:", "sip:a", "sip:@b", "sip:a@", "sips:a@b", "a@b", "sip:a b@c", "sip:a@b\r\nX: y", "sip:a@<b>"}},
		{"call id", bxml.Attribute{Type: bxml.TypeCallID}, []string{"c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d", "c-1"}, []string{"", "c-", "95ac", "c-a b", "c-a,c-b"}},
		{"call ids", bxml.Attribute{Type: bxml.TypeCallIDs}, []string{"c-1", "c-1,c-2", "c-1, c-2"}, []string{"", "c-1,", ",c-1", "c-1 c-2"}},
		{"digits", bxml.Attribute{Type: bxml.TypeDigits}, []string{"", "#", "0123456789*#ABCDabcd"}, []string{"x", "1 2", "w"}},
		{"absolute URL", bxml.Attribute{Type: bxml.TypeURL},
			[]string{"https://example.com", "HTTP://example.com:8080/a%20b?c=d#e", "https://[::1]:443/", "https://exämple.com/é", long[:bxml.MaxURL]},
			[]string{"", "/g", "ftp://a", "https:/a", "https://", "https:///a", "https://:80/", "https://a:b/", "https://a:65536/", "https://u:p@a/", "mailto:a@b",
				"https://a/ b", "https://a/\n", "https://a/${x}", "https://a/%zz", "https://a/%2", "https://[::1/", long[:bxml.MaxURL+1]}},
		{"relative URL", bxml.Attribute{Type: bxml.TypeURL, Relative: true}, []string{"?t=abc", "/g", "next?x=y", "../a:b", "//host/a", "./a:b", "https://a"},
			[]string{"", "javascript:alert(1)", "a:b", "//u@host/", "a b"}},
		{"websocket", bxml.Attribute{Type: bxml.TypeWebSocketURL}, []string{"wss://a/b", "ws://a:9000"}, []string{"", "https://a", "wss:a", "/a", "wss://", "wss://u:p@a"}},
		{"user-to-user", bxml.Attribute{Type: bxml.TypeUUI}, []string{"YQ==;encoding=base64", "ab;encoding=hex", "a.b.c;encoding=jwt,YQ==;encoding=base64"},
			[]string{"", "YQ==", ";encoding=hex", "a;encoding=text", "a;encoding=hex,", "a\r\n;encoding=hex", strings.Repeat("a", 250) + ";encoding=hex"}},
		{"list of user-to-user values", bxml.Attribute{Type: bxml.TypeUUI}, []string{strings.Repeat("a", 240) + ";encoding=hex,b;encoding=hex"},
			[]string{strings.Repeat("a", 330) + ";encoding=hex,b;encoding=hex"}},
		{"id", bxml.Attribute{Type: bxml.TypeID}, []string{"e-15ac29a2"}, []string{"", "e 1"}},
		{"display name", *bxml.Lookup("Transfer").Attribute("transferCallerDisplayName"), []string{"Ann O'Neil", ""}, []string{"a\nb", "a\x00"}},
		{"empty tag", *bxml.Lookup("Gather").Attribute("tag"), []string{"", "x"}, nil},
		{"break", bxml.Attribute{Type: bxml.TypeBreak}, []string{"10s", "10000ms", "0.5s", "0ms"}, []string{"", "s", "ms", "11s", "10001ms", "10.01s", "5", "-1s", "1 s", "1e1s"}},
		{"pitch", *bxml.LookupMarkup("prosody").Attribute("pitch"), []string{"x-low", "+10%", "-5.5%"}, []string{"", "10%", "%", "+%", "+-5%", "loud"}},
		{"rate", *bxml.LookupMarkup("prosody").Attribute("rate"), []string{"fast", "80%"}, []string{"-80%", "+80%", "80", "loud"}},
		{"volume", *bxml.LookupMarkup("prosody").Attribute("volume"), []string{"loud", "+6dB", "-2.5dB"}, []string{"6dB", "+6", "+6%"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			legal(t, &tt.attribute, tt.legal...)
			illegal(t, &tt.attribute, tt.illegal...)
		})
	}
}

func TestTexts(t *testing.T) {
	tests := []struct {
		verb           string
		legal, illegal []string
	}{
		{"SendDtmf", []string{"1,w2W#*Dd"}, []string{"1 2", "e"}},
		{"Conference", []string{"room-1_a.B"}, []string{"a b", "ä", "a/b"}},
		{"Bridge", []string{"\n  c-1  \n"}, []string{"c 1"}},
		{"PlayAudio", []string{"hello.wav", "https://a/b.mp3"}, []string{"ftp://a", "a b.wav"}},
		{"PhoneNumber", []string{"+15551234567"}, []string{"5551234567", " +15551234567"}},
		{"SipUri", []string{"sip:a@b"}, []string{"a@b"}},
		{"Endpoint", []string{"e-1"}, []string{"e 1"}},
		{"SpeakSentence", []string{"Hi & <bye>"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.verb, func(t *testing.T) {
			c := bxml.Lookup(tt.verb).Content
			for _, text := range tt.legal {
				if err := c.Check(text); err != nil {
					t.Errorf("%q is refused: %v", text, err)
				}
			}
			for _, text := range tt.illegal {
				if c.Check(text) == nil {
					t.Errorf("%q is accepted", text)
				}
			}
		})
	}
}

func TestMessagesSayWhatIsLegal(t *testing.T) {
	tests := []struct{ verb, attribute, value, want string }{
		{"Gather", "maxDigits", "51", `"51" is above 50`},
		{"Gather", "maxDigits", "0", `"0" is below 1`},
		{"Pause", "duration", "0", `"0" is below 0.1`},
		{"Pause", "duration", "2s", `"2s" is not a number such as 5 or 0.5`},
		{"Conference", "mute", "yes", `"yes" is neither true nor false`},
		{"Gather", "gatherMethod", "PATCH", `"PATCH" is not one of GET, POST`},
		{"SpeakSentence", "gender", "femal", `"femal" is not one of male, female; did you mean "female"?`},
		{"Forward", "to", "555", `"555" is not a phone number with + and country code, such as +15551234567, nor a SIP URI`},
		{"Transfer", "transferCallerId", "me",
			`"me" is not a phone number with + and country code, such as +15551234567, nor one of Restricted, Anonymous, Private, Unavailable`},
		{"Gather", "gatherUrl", "/a b", `"/a b" holds ' ', which must be written %20 in a URL`},
		{"Gather", "terminatingDigits", strings.Repeat("x", 70), `"` + strings.Repeat("x", 60) + `"... holds 'x', legal is 0-9 * # A-D a-d`},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			err := bxml.Lookup(tt.verb).Attribute(tt.attribute).Check(tt.value)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestWarningsOfLegalValues(t *testing.T) {
	tag := bxml.Lookup("Gather").Attribute("tag")
	if got := tag.Warning(strings.Repeat("é", 256)); got != "" {
		t.Errorf("256 characters: %q", got)
	}
	if got, want := tag.Warning(strings.Repeat("é", 257)), "257 characters are more than the 256 that the carrier's verb pages allow"; got != want {
		t.Errorf("257 characters: %q", got)
	}
	fallback := bxml.Lookup("Gather").Attribute("gatherFallbackUrl")
	if fallback.Warning("/g") == "" || fallback.Warning("https://a/g") != "" {
		t.Error("a relative fallback URL is not doubtful, or an absolute one is")
	}
}

// samples has a legal value for every type.
var samples = map[bxml.AttrType]string{
	bxml.TypeString: "hello", bxml.TypeBool: "True", bxml.TypeInt: "12", bxml.TypeSeconds: "12.5", bxml.TypeMilliseconds: "500",
	bxml.TypePhone: "+15551234567", bxml.TypeSIPURI: "sip:a@b.example", bxml.TypeCallID: "c-95ac8d6e", bxml.TypeCallIDs: "c-1, c-2",
	bxml.TypeDigits: "12#", bxml.TypeURL: "https://example.com:8080/a%20b?c=d", bxml.TypeWebSocketURL: "wss://example.com/a",
	bxml.TypeMethod: "GET", bxml.TypeUUI: "YQ==;encoding=base64", bxml.TypeID: "e-1", bxml.TypeBreak: "2.5s", bxml.TypePitch: "+10%",
	bxml.TypeRate: "80%", bxml.TypeVolume: "+6dB",
}

func sample(a *bxml.Attribute) string {
	if a.Type == bxml.TypeEnum {
		return a.Values[len(a.Values)-1]
	}
	return samples[a.Type]
}

func TestCheckingALegalValueDoesNotAllocate(t *testing.T) {
	for _, v := range bxml.Verbs() {
		for i := range v.Attributes {
			a := &v.Attributes[i]
			value := sample(a)
			if allocs := testing.AllocsPerRun(20, func() {
				if a.Check(value) != nil {
					t.Fatalf("%s@%s refuses %q", v.Name, a.Name, value)
				}
			}); allocs != 0 {
				t.Errorf("%s@%s: %v allocations", v.Name, a.Name, allocs)
			}
		}
		if c := v.Content; c != nil {
			value := map[string]string{"SendDtmf": "1w2", "Conference": "room"}[v.Name]
			if value == "" {
				value = samples[c.Type]
			}
			if allocs := testing.AllocsPerRun(20, func() {
				if c.Check(value) != nil {
					t.Fatalf("%s refuses %q", v.Name, value)
				}
			}); allocs != 0 {
				t.Errorf("text of %s: %v allocations", v.Name, allocs)
			}
		}
	}
}
