package schema

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// attribute returns the schema of an attribute's value, with what the table knows of it.
func attribute(a *bxml.Attribute) *node {
	n := typed(a)
	if limit := max(a.MaxLen, a.RejectLen); limit > 0 {
		n = &node{Type: n.Type, AnyOf: []*node{{MaxLength: limit}, {Type: types{text}, Pattern: template}}}
	}
	if a.Type == bxml.TypeURL && !a.Required {
		n = &node{Type: types{text, null}, Pattern: n.Pattern}
	}
	n = about(sentence(a.Doc, facts(a, "")), n)
	n.Markdown = sentence(a.Doc, facts(a, "`"))
	n.Default = defaultOf(a)
	return n
}

// typed returns the schema of the values that Attribute.Check takes, and of templates.
func typed(a *bxml.Attribute) *node {
	switch a.Type {
	case bxml.TypeBool:
		return ref(defBoolean)
	case bxml.TypeInt:
		return bounds(&node{Type: types{integer, text}, Pattern: or(`^[0-9]+$`)}, least(a), a.Max)
	case bxml.TypeSeconds, bxml.TypeMilliseconds:
		return bounds(&node{Type: types{number, text}, Pattern: or(`^[0-9]+(\.[0-9]+)?$`)}, least(a), a.Max)
	case bxml.TypeEnum:
		return &node{AnyOf: []*node{oneOf(a.Values...), ref(defTemplate)}}
	case bxml.TypeMethod:
		return ref(defMethod)
	case bxml.TypeString:
		if isPassword(a.Name) {
			return ref(defPassword)
		}
		return written(a.Type, a.Charset, true)
	case bxml.TypePhone:
		forms := append([]string{phone}, quoted(a.OrValues)...)
		if a.OrType == bxml.TypeSIPURI {
			forms = append(forms, sipURI)
		}
		return &node{Type: types{text}, Pattern: or("^(" + strings.Join(forms, "|") + ")$")}
	}
	return written(a.Type, a.Charset, a.Relative)
}

// least is the lower bound of a number, which is never negative.
func least(a *bxml.Attribute) *float64 {
	if a.Min == nil {
		return new(float64)
	}
	return a.Min
}

func quoted(words []string) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = regexp.QuoteMeta(w)
	}
	return list
}

// isPassword reports whether an attribute must not be written out in a flow.
func isPassword(name string) bool { return strings.HasSuffix(strings.ToLower(name), "password") }

// written returns the schema of a type whose form follows from the type alone, and of templates.
func written(t bxml.AttrType, charset bxml.Charset, relative bool) *node {
	strict := func(pattern string) *node { return &node{Type: types{text}, Pattern: or("^(" + pattern + ")$")} }
	switch {
	case t == bxml.TypePhone:
		return strict(phone)
	case t == bxml.TypeSIPURI:
		return strict(sipURI)
	case t == bxml.TypeCallID:
		return strict(`\s*` + callID + `\s*`)
	case t == bxml.TypeCallIDs:
		return strict(` *` + callID + `( *, *` + callID + `)* *`)
	case t == bxml.TypeWebSocketURL:
		return strict(`[Ww][Ss][Ss]?://.+`)
	case t == bxml.TypeURL && relative:
		return strict("[^\\s\"<>\\\\^`{|}]+")
	case t == bxml.TypeURL:
		return ref(defURL)
	case t == bxml.TypeID:
		return strict(`\S+`)
	case t == bxml.TypeDigits || charset == bxml.DTMFCharacters:
		return &node{Type: types{text, integer}, Pattern: or(`^[0-9*#A-Da-d]*$`)}
	case charset == bxml.DialCharacters:
		return &node{Type: types{text, integer}, Pattern: or(`^[0-9*#A-Da-d,wW]*$`)}
	case charset == bxml.NameCharacters:
		return &node{Type: types{text, integer}, Pattern: or(`^[A-Za-z0-9_.-]+$`)}
	}
	return ref(defText)
}

// units name the unit of a number.
var units = map[bxml.AttrType]string{bxml.TypeSeconds: "seconds", bxml.TypeMilliseconds: "milliseconds"}

// facts says in words what the type of an attribute alone does not tell: unit, range, default. Values are put between marks.
func facts(a *bxml.Attribute, mark string) []string {
	var list []string
	add := func(before, value string) { list = append(list, before+mark+value+mark) }
	switch unit := units[a.Type]; {
	case a.Min != nil && a.Max != nil:
		list = append(list, strings.TrimSpace(unit+" from "+decimal(*a.Min)+" to "+decimal(*a.Max)))
	case a.Max != nil:
		list = append(list, strings.TrimSpace(unit+" up to "+decimal(*a.Max)))
	case a.Min != nil:
		list = append(list, strings.TrimSpace(unit+" from "+decimal(*a.Min)+" on"))
	case unit != "":
		list = append(list, unit)
	}
	if a.Default != "" {
		add("the carrier's default is ", a.Default)
	}
	if a.Required && a.Type != bxml.TypeURL {
		list = append(list, "required")
	}
	if len(a.Events) > 0 && a.FallbackOf == "" {
		add("filled in when somebody handles ", strings.Join(a.Events, mark+", "+mark))
	}
	if a.OnlyIf != nil {
		list = append(list, "has an effect "+a.OnlyIf.String())
	}
	if a.HTTPS {
		add("https only: ", strings.Join(a.AppliesTo, mark+", "+mark))
	}
	if a.Status == bxml.Beta || a.Status == bxml.New {
		list = append(list, "status "+string(a.Status))
	}
	return list
}

// decimal writes a number of the table.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// sentence joins a description and what else is to be said.
func sentence(doc string, more []string) string {
	return strings.Join(slices.Concat([]string{doc}, more), "; ")
}

// defaultOf returns the default as the editor writes it, nil when there is none.
func defaultOf(a *bxml.Attribute) any {
	switch a.Type {
	case bxml.TypeBool:
		if b, err := strconv.ParseBool(a.Default); err == nil {
			return b
		}
	case bxml.TypeInt, bxml.TypeSeconds, bxml.TypeMilliseconds:
		if f, err := strconv.ParseFloat(a.Default, 64); err == nil {
			return f
		}
	}
	if a.Default == "" {
		return nil
	}
	return a.Default
}
