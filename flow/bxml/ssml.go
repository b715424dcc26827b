package bxml

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Markup is a row of the SSML table: an element that may stand in the text of SpeakSentence.
type Markup struct {
	Name       string
	Attributes []Attribute
	Doc        string
}

// Attribute returns the attribute of that name, nil when there is none.
func (m *Markup) Attribute(name string) *Attribute { return attribute(m.Attributes, name) }

// Markups returns the SSML elements that the carrier lists for SpeakSentence.
func Markups() []*Markup { return slices.Clone(markups) }

// LookupMarkup returns the SSML element of that name, nil when there is none.
func LookupMarkup(name string) *Markup {
	for _, m := range markups {
		if m.Name == name {
			return m
		}
	}
	return nil
}

var markups = []*Markup{
	{Name: "break", Doc: "a pause; medium when nothing is set", Attributes: []Attribute{
		{Name: "strength", Type: TypeEnum, Values: []string{"none", "x-weak", "weak", "medium", "strong", "x-strong"}, Default: "medium", Doc: "length in words"},
		{Name: "time", Type: TypeBreak, Doc: "length, such as 500ms or 2s; at most 10 s"},
	}},
	{Name: "emphasis", Doc: "stress", Attributes: []Attribute{
		{Name: "level", Type: TypeEnum, Values: []string{"strong", "moderate", "reduced"}, Doc: "how much"},
	}},
	{Name: "lang", Doc: "words of another language", Attributes: []Attribute{
		{Name: "xml:lang", Type: TypeEnum, Values: []string{"arb", "cmn-CN", "da-DK", "nl-NL", "en-AU", "en-GB", "en-IN", "en-US", "fr-FR", "fr-CA",
			"hi-IN", "de-DE", "is-IS", "it-IT", "ja-JP", "ko-KR", "nb-NO", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "ru-RU", "es-ES", "es-MX",
			"es-US", "sv-SE", "tr-TR", "cy-GB"}, Doc: "the language"},
	}},
	{Name: "p", Doc: "a paragraph"},
	{Name: "phoneme", Doc: "the sound of a word", Attributes: []Attribute{{Name: "ph", Type: TypeString, Doc: "the sound in IPA"}}},
	{Name: "prosody", Doc: "pitch, rate and volume", Attributes: []Attribute{
		{Name: "pitch", Type: TypePitch, Values: []string{"x-low", "low", "medium", "high", "x-high", "default"}, Doc: "a word or a change such as +10%"},
		{Name: "rate", Type: TypeRate, Values: []string{"x-slow", "slow", "medium", "fast", "x-fast"}, Doc: "a word or a share such as 80%"},
		{Name: "volume", Type: TypeVolume, Values: []string{"silent", "x-soft", "soft", "medium", "loud", "x-loud", "default"}, Doc: "a word or a change such as +6dB"},
	}},
	{Name: "s", Doc: "a sentence"},
	{Name: "say-as", Doc: "how to read digits and dates", Attributes: []Attribute{
		{Name: "interpret-as", Type: TypeEnum, Values: []string{"date", "time", "telephone", "characters", "cardinal", "ordinal"}, Doc: "what it is"},
		{Name: "format", Type: TypeEnum, Values: []string{"mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y"}, Doc: "order of a date's parts; required for a date"},
	}},
	{Name: "sub", Doc: "says something else than is written", Attributes: []Attribute{{Name: "alias", Type: TypeString, Doc: "what is said"}}},
}

func markupNames() []string {
	names := make([]string, len(markups))
	for i, m := range markups {
		names[i] = m.Name
	}
	return names
}

const maxBreak = 10_000 // milliseconds

func checkBreak(value string) error {
	digits, unit := strings.CutSuffix(value, "ms")
	scale := 1.0
	if !unit {
		digits, unit = strings.CutSuffix(value, "s")
		scale = 1000
	}
	if !unit || checkDecimal(digits, nil, nil) != nil {
		return fmt.Errorf("%s is not a time such as 500ms or 2s", quote(value))
	}
	if n, err := strconv.ParseFloat(digits, 64); err != nil || n*scale > maxBreak {
		return fmt.Errorf("%s is above 10s", quote(value))
	}
	return nil
}

func checkProsody(t AttrType, value string, words []string) error {
	if slices.Contains(words, value) {
		return nil
	}
	unit, signed, example := "%", true, "+10%"
	switch t {
	case TypeRate:
		signed, example = false, "80%"
	case TypeVolume:
		unit, example = "dB", "+6dB"
	}
	digits, ok := strings.CutSuffix(value, unit)
	if signed && ok {
		if ok = digits != "" && (digits[0] == '+' || digits[0] == '-'); ok {
			digits = digits[1:]
		}
	}
	if ok && checkDecimal(digits, nil, nil) == nil {
		return nil
	}
	return fmt.Errorf("%s is neither one of %s nor like %s", quote(value), strings.Join(words, ", "), example)
}

// flaw is what is wrong with a piece of markup.
type flaw struct {
	attribute     int // index of the attribute, -1 for the element
	message, help string
}

// checkMarkup returns what is wrong with an SSML element, apart from its children. An attribute value for which computed
// holds is not looked at.
func checkMarkup(n *Node, computed func(string) bool) []flaw {
	m := LookupMarkup(n.Element)
	if m == nil {
		return []flaw{{-1, fmt.Sprintf("%s is no SSML element that the carrier knows", quote(n.Element)), orList(n.Element, markupNames())}}
	}
	var flaws []flaw
	for i, given := range n.Attributes {
		a := m.Attribute(given.Name)
		switch {
		case a == nil:
			flaws = append(flaws, flaw{i, fmt.Sprintf("%s has no attribute %s", m.Name, quote(given.Name)), orList(given.Name, attributeNames(m.Attributes))})
		case repeats(n.Attributes, i):
			flaws = append(flaws, flaw{i, fmt.Sprintf("%s is there twice", quote(given.Name)), ""})
		case !computed(given.Value):
			if err := a.Check(given.Value); err != nil {
				flaws = append(flaws, flaw{i, err.Error(), ""})
			}
		}
	}
	return append(flaws, checkDate(n)...)
}

func checkDate(n *Node) []flaw {
	e := Element{Attributes: n.Attributes}
	kind, _ := e.Attr("interpret-as")
	if _, ok := e.Attr("format"); n.Element != "say-as" || kind != "date" || ok {
		return nil
	}
	return []flaw{{-1, "say-as of a date needs the attribute format", `such as format="mdy"`}}
}

func attributeNames(attributes []Attribute) []string {
	names := make([]string, len(attributes))
	for i := range attributes {
		names[i] = attributes[i].Name
	}
	return names
}

// orList helps with a wrong word: the one that is meant, else all there are.
func orList(word string, words []string) string {
	if help := didYouMean(word, words); help != "" || len(words) == 0 {
		return help
	}
	return "there are " + strings.Join(words, ", ")
}
