package flow

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// restField is a field of an operation of the carrier's REST API.
type restField struct {
	name     string
	typ      Type
	required bool
	// own is what the field is taken from when it is left out, as far as that is in scope.
	own   string
	check func(text string) error // of a value as text; nil takes any
}

// restFields are the operations of the Voice API that are actions, with the fields of their requests.
var restFields = map[string][]restField{
	"updateConference": slices.Concat([]restField{
		conferenceID, {name: "status", check: oneOf("active", "completed")},
		{name: "redirectUrl", check: isURL}, {name: "redirectMethod", check: isMethod},
		{name: "redirectFallbackUrl", check: isURL}, {name: "redirectFallbackMethod", check: isMethod},
		{name: "fallbackUsername", check: upTo(1024)}, {name: "fallbackPassword", check: upTo(1024)},
	}, restCredentials),
	"updateConferenceMember": {
		conferenceID, {name: "memberId", required: true, own: "call.id", check: filled}, {name: "mute", typ: Bool}, {name: "hold", typ: Bool},
		{name: "callIdsToCoach", typ: List},
	},
	"updateConferenceBxml":     {conferenceID, {name: "bxml", required: true}},
	"updateCallRecordingState": {callID, {name: "state", required: true, check: oneOf("paused", "recording")}},
	"deleteRecording":          {callID, recordingID},
	"transcribeRecording": slices.Concat([]restField{
		callID, recordingID, {name: "callbackUrl", check: isURL}, {name: "callbackMethod", check: isMethod},
		{name: "tag", check: callAttributes["tag"].Check}, {name: "callbackTimeout", typ: Number, check: within(1, 25)},
		{name: "detectLanguage", typ: Bool},
	}, restCredentials),
}

var (
	callID          = restField{name: "callId", required: true, own: "call.id", check: filled}
	conferenceID    = restField{name: "conferenceId", required: true, own: "conference.id", check: filled}
	recordingID     = restField{name: "recordingId", required: true, check: filled}
	restCredentials = []restField{{name: "username", check: upTo(1024)}, {name: "password", check: upTo(1024)}}
)

// detectionFields are those of machineDetection in createCall. Its URLs are filled in.
var detectionFields = []restField{
	{name: "mode", check: oneOf("sync", "async")}, {name: "detectionTimeout", typ: Number, check: positive},
	{name: "silenceTimeout", typ: Number, check: positive}, {name: "speechThreshold", typ: Number, check: positive},
	{name: "speechEndThreshold", typ: Number, check: positive}, {name: "machineSpeechEndThreshold", typ: Number, check: positive},
	{name: "delayResult", typ: Bool},
}

func oneOf(values ...string) func(string) error {
	return func(text string) error {
		if slices.Contains(values, text) {
			return nil
		}
		return fmt.Errorf("%q is not one of %s", text, strings.Join(values, ", "))
	}
}

func upTo(most int) func(string) error {
	return func(text string) error {
		if len(text) > most {
			return fmt.Errorf("it is longer than %d characters", most)
		}
		return nil
	}
}

func within(least, most float64) func(string) error {
	return func(text string) error {
		if f, err := strconv.ParseFloat(text, 64); err != nil || f < least || f > most {
			return fmt.Errorf("%q is no number from %v to %v", text, least, most)
		}
		return nil
	}
}

func positive(text string) error {
	if f, err := strconv.ParseFloat(text, 64); err != nil || f <= 0 {
		return fmt.Errorf("%q is no number above 0", text)
	}
	return nil
}

func filled(text string) error {
	if text == "" {
		return fmt.Errorf("it is empty")
	}
	return nil
}

func isMethod(text string) error { return oneOf("GET", "POST")(text) }

func isURL(text string) error {
	if u, err := url.Parse(text); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is no absolute http or https URL", text)
	}
	return nil
}

// rest compiles an operation of the REST API.
func (c *compiler) rest(action *Action, a *ast.Action, scope *expression.Scope) {
	action.Kind, action.Effect = ActionREST, true
	fields := restFields[a.Name.Value]
	var known []string
	for _, f := range fields {
		known = append(known, f.name)
	}
	if !c.hasKeys(a, known) {
		return
	}
	action.With = &Value{kind: valueMap}
	for _, f := range fields {
		p, given := pair(a.Arg, f.name)
		_, own := scope.Names[f.own]
		var value *Value
		switch {
		case given && f.name == "bxml":
			value = c.sentDocument(a, scope)
		case given:
			value = c.field(f, p, a.Name.Value, scope)
		case own:
			value = &Value{kind: valueTemplate, template: c.template(&ast.Text{Value: "${" + f.own + "}", Span: a.Name.Span}, scope)}
		case f.required && !c.broken:
			c.errorf(ruleMissing, a.Name.Span, "%s needs %q", a.Name.Value, f.name)
		}
		if value != nil {
			action.With.fields = append(action.With.fields, Field{Name: f.name, Value: value})
		}
	}
	if a.Name.Value == "updateConference" {
		c.checkRedirect(a)
	}
}

// checkRedirect reports an update of a conference that the carrier refuses: it needs a URL exactly when it goes on.
func (c *compiler) checkRedirect(a *ast.Action) {
	status, to := a.Arg.Get("status"), a.Arg.Get("redirectUrl")
	switch completed := literalOf(a, "status") == "completed"; {
	case completed && to != nil:
		c.errorf(ruleKey, to.Span, "a conference that is completed takes no redirectUrl")
	case !completed && to == nil && (status == nil || literalOf(a, "status") != ""):
		c.errorf(ruleMissing, a.Name.Span, "updateConference needs %q", "redirectUrl").WithHelp("or end the conference with `status: completed`")
	}
}

// field compiles the value of a field: a literal is checked now, and so is the value of a param.
func (c *compiler) field(f restField, p ast.Pair, of string, scope *expression.Scope) *Value {
	what := f.name + " of " + of
	if p.Value.Kind == ast.Scalar && p.Value.Scalar == ast.Null {
		c.errorf(ruleType, p.Value.Span, "%s is empty", what)
		return nil
	}
	value := c.value(p.Value, scope)
	if c.fit(value, p.Value, f.typ) != nil || f.check == nil {
		return value
	}
	switch {
	case value.kind == valueTemplate:
		c.checkParam(value.template, p.Value.Span, what, f.check)
	case value.kind != valueLiteral || value.literal == nil:
	case strings.HasSuffix(strings.ToLower(f.name), "password"):
		c.errorf(ruleSecret, p.Value.Span, "a literal password in a flow").WithHelp("put it into a param marked `secret: true`")
	default:
		if err := f.check(expression.Text(value.literal)); err != nil {
			c.errorf(ruleAttributeValue, p.Value.Span, "%s: %s", what, err)
		}
	}
	return value
}

// detection compiles machineDetection of createCall.
func (c *compiler) detection(v *ast.Value, scope *expression.Scope) *Value {
	if v.Kind != ast.Map {
		value := c.value(v, scope)
		c.fit(value, v, Map)
		return value
	}
	m := &Value{kind: valueMap}
	for _, p := range v.Pairs {
		i := slices.IndexFunc(detectionFields, func(f restField) bool { return f.name == p.Key.Value })
		if i < 0 {
			d := c.errorf(ruleKey, p.Key.Span, "machineDetection has no key %q", p.Key.Value)
			if p.Key.Value == "callbackUrl" {
				d.WithHelp("leave it out: it is filled in")
			} else {
				d.WithHelp("it takes %s", strings.Join(fieldNames(detectionFields), ", "))
			}
			continue
		}
		if value := c.field(detectionFields[i], p, "machineDetection", scope); value != nil {
			m.fields = append(m.fields, Field{Name: p.Key.Value, Value: value})
		}
	}
	return m
}

func fieldNames(list []restField) []string {
	var names []string
	for _, f := range list {
		names = append(names, f.name)
	}
	return names
}

// sentDocument compiles the document that an action sends to a conference. It belongs to no turn, so no URL is filled in.
func (c *compiler) sentDocument(a *ast.Action, scope *expression.Scope) *Value {
	depth := 0
	if a.Each != nil {
		depth = 1
	}
	b := &builder{c: c, doc: &Document{Span: a.DocumentAt}, kinds: kindConference, unbound: true}
	b.compile(a.Document, place{scope: scope, depth: depth})
	if name := c.entered(b.doc.Fields); name != "" {
		c.errorf(ruleSensitive, a.DocumentAt, "the document reads %s, which was entered in a sensitive state", name)
	}
	return &Value{kind: valueDocument, document: b.doc}
}
