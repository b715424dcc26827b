package schema_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/schema"
)

// samples are values for attributes of any type: legal for some, wrong for others.
var samples = []string{
	"", "0", "1", "5", "0.5", "05", "60", "61", "300", "301", "5000", "10800", "86400", "86401", "-1", "1e3", ".5", "5.", "true", "True", "FALSE", "yes",
	"POST", "post", "GET", "julie", "susan", "en_US", "female", "mp3", "wav", "dtmf_speech", "both", "inbound", "stack", "no-answer", "unidirectional",
	"+15551234567", "15551234567", "+1555", "+05551234567", "+155512345678901234", "Anonymous", "Restricted", "sip:a@example.com", "SIP:a@b.example:5060",
	"sip:example.com", "c-95ac8d6e", "c-1,c-2", "c-1, c-2 ", " c-1", "1234#", "*", "12x", "1,2wW3", "https://example.com/a?b=c", "http://example.com", "/a/b", "a",
	"ftp://example.com", "HTTPS://Example.com", "https://", "wss://example.com/a", "WS://example.com", "ws:", "abc;encoding=hex", "team-1_a.b", "sales team",
	"e-15ac29a2", "hello", "hello there", "a\tb",
}

// TestTheSchemaTakesWhatTheTableTakes holds literal values of every attribute and text against the table and the schema: the schema
// must not refuse what the table takes. Of numbers, words and phone numbers it must refuse the rest, too.
func TestTheSchemaTakesWhatTheTableTakes(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Flow()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compared := 0
	compare := func(place string, check func(string) error, exact bool) {
		s, err := c.Compile("schema.json#/$defs/" + place)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range samples {
			compared++
			legal, accepted := check(v) == nil, s.Validate(v) == nil
			if f, err := strconv.ParseFloat(v, 64); err == nil && exact {
				if strconv.FormatFloat(f, 'f', -1, 64) == v && (s.Validate(f) == nil) != legal {
					t.Errorf("%s: the number %s: legal is %t", place, v, legal)
				}
				accepted = accepted && legal // a number that is a text has its range looked at by the checker only
			}
			if legal && !accepted || exact && accepted && !legal {
				t.Errorf("%s: %q: legal is %t, accepted is %t", place, v, legal, accepted)
			}
		}
		if s.Validate("${params.x}") != nil {
			t.Errorf("%s: no template is accepted", place)
		}
	}
	for _, v := range bxml.Verbs() {
		for i := range v.Attributes {
			a := &v.Attributes[i]
			exact := map[bxml.AttrType]bool{bxml.TypeInt: true, bxml.TypeSeconds: true, bxml.TypeMilliseconds: true, bxml.TypeEnum: true, bxml.TypeMethod: true}[a.Type]
			check := a.Check
			if a.Name == "password" || a.Name == "fallbackPassword" || a.Name == "destinationPassword" {
				check = func(s string) error { // none that is written out
					if s == "" {
						return nil
					}
					return strconv.ErrSyntax
				}
			}
			compare("verb."+v.Name+"/properties/"+a.Name, check, exact)
		}
		if v.Content != nil {
			compare("verb."+v.Name+"/properties/text", v.Content.Check, v.Content.Type == bxml.TypePhone)
		}
	}
	t.Logf("%d values were compared", compared)
}
