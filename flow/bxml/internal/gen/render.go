package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// page is the reference being written.
type page struct{ bytes.Buffer }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func render() []byte {
	p := &page{}
	p.line("<!-- Generated from the table in flow/bxml by go generate ./flow/bxml. Do not edit. -->")
	p.line("# Verbs\n")
	p.line("Every element of BXML: its attributes, text, children and webhooks. Values, ranges and defaults are the carrier's.")
	p.line("A document is at most %d bytes, a URL at most %d, a tag 256 characters.", bxml.MaxBytes, bxml.MaxURL)
	p.line("Relative URLs are resolved against the URL from which the document came; those of websockets are absolute.\n")
	p.overview()
	for _, v := range bxml.Verbs() {
		p.verb(v)
	}
	p.ssml()
	p.voices()
	return p.Bytes()
}

func (p *page) overview() {
	p.line("| verb | does | the next verb waits | later verbs never run | transfer leg | conference |")
	p.line("|---|---|---|---|---|---|")
	for _, v := range bxml.Verbs() {
		if v.Level != bxml.Child {
			p.line("| [%s](#%s) | %s | %s | %s | %s | %s |", v.Name, strings.ToLower(v.Name), v.Doc, v.Blocking, v.Dead, v.Transfer, v.Conference)
		}
	}
	p.line("\n\"unlisted\": the carrier's pages do not say. \"transfer leg\": a document that answers `transferAnswer`.")
}

func (p *page) verb(v *bxml.Verb) {
	p.line("\n## %s\n", v.Name)
	p.line("%s%s.%s\n", strings.ToUpper(v.Doc[:1]), v.Doc[1:], status(v.Status, v.Since))
	if len(v.Parents) > 0 {
		alone := ""
		if v.Level == bxml.Both {
			alone = ", or on its own"
		}
		p.line("- inside: %s%s", strings.Join(v.Parents, ", "), alone)
	}
	if c := v.Content; c != nil {
		p.line("- %s: `%s`, %s", c.Kind, c.Name, content(c))
	}
	if len(v.Children.Allowed) > 0 {
		p.line("- children: %s", children(v.Children))
	}
	if v.Level != bxml.Child {
		p.line("- the next verb waits: %s; later verbs never run: %s", v.Blocking, v.Dead)
		p.line("- on a transfer leg: %s; on a conference: %s", v.Transfer, v.Conference)
	}
	if v.Absent != "" {
		p.line("- without URL: %s", v.Absent)
	}
	p.list(v.Rules)
	p.list(v.Notes)
	p.attributes(v.Attributes)
	p.webhooks(v.Webhooks)
}

func (p *page) list(items []string) {
	for _, item := range items {
		p.line("- %s", item)
	}
}

func status(s bxml.Status, since string) string {
	text := ""
	if s != bxml.GA && s != "" {
		text += " Status: " + string(s) + "."
	}
	if since != "" {
		text += " Since " + since + "."
	}
	return text
}

func content(c *bxml.Content) string {
	parts := []string{c.Type.String()}
	if c.Required {
		parts = append(parts, "required")
	}
	if c.Max > 0 {
		parts = append(parts, "at most "+strconv.Itoa(c.Max)+" characters")
	}
	if c.Charset != bxml.AnyCharacter {
		parts = append(parts, "`"+c.Charset.String()+"`")
	}
	if c.Relative {
		parts = append(parts, "may be relative")
	}
	return strings.Join(append(parts, c.Doc), "; ")
}

func children(c bxml.Children) string {
	text := strings.Join(c.Allowed, ", ")
	switch {
	case c.Max > 0:
		text += fmt.Sprintf("; %d to %d", c.Min, c.Max)
	case c.Min > 0:
		text += fmt.Sprintf("; at least %d", c.Min)
	}
	if c.Product > 0 {
		text += fmt.Sprintf("; their number times `%s` at most %d", c.Times, c.Product)
	}
	if c.Bare {
		text += "; without attributes"
	}
	return text
}

func (p *page) attributes(attributes []bxml.Attribute) {
	if len(attributes) == 0 {
		return
	}
	p.line("\n| attribute | type | default | |")
	p.line("|---|---|---|---|")
	for i := range attributes {
		a := &attributes[i]
		p.line("| `%s` | %s | %s | %s |", a.Name, values(a), code(a.Default), remarks(a))
	}
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func values(a *bxml.Attribute) string {
	text := a.Type.String()
	switch {
	case len(a.Values) > 12 && a.Name == "voice":
		text = "a [voice](#voices)"
	case len(a.Values) > 0 && a.Type == bxml.TypeEnum || a.Type == bxml.TypeMethod:
		text = "`" + strings.Join(a.Values, "` `") + "`"
	case len(a.Values) > 0:
		text += " or `" + strings.Join(a.Values, "` `") + "`"
	}
	if a.OrType != 0 {
		text += " or " + a.OrType.String()
	}
	if len(a.OrValues) > 0 {
		text += " or `" + strings.Join(a.OrValues, "` `") + "`"
	}
	switch {
	case a.Min != nil && a.Max != nil:
		text += fmt.Sprintf(", %s to %s", number(*a.Min), number(*a.Max))
	case a.Min != nil:
		text += fmt.Sprintf(", at least %s", number(*a.Min))
	case a.Max != nil:
		text += fmt.Sprintf(", at most %s", number(*a.Max))
	}
	if a.MaxLen > 0 {
		text += fmt.Sprintf(", at most %d characters", a.MaxLen)
	}
	return text
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func remarks(a *bxml.Attribute) string {
	parts := []string{a.Doc}
	if a.Required {
		parts[0] = "**required** " + a.Doc
	}
	if len(a.Events) > 0 {
		parts = append(parts, "events: `"+strings.Join(a.Events, "` `")+"`")
	}
	if a.Relative && a.RelativeInferred {
		parts = append(parts, "whether it may be relative is not documented")
	}
	if a.HTTPS {
		parts = append(parts, "https only")
	}
	if a.OnlyIf != nil {
		parts = append(parts, "only "+a.OnlyIf.String())
	}
	if a.ConferenceIgnores {
		parts = append(parts, "ignored on a conference")
	}
	if len(a.Misspelt) > 0 {
		parts = append(parts, "not `"+strings.Join(a.Misspelt, "` `")+"`, as an SDK or a page has it")
	}
	text := strings.Join(parts, "; ")
	if s := status(a.Status, a.Since); s != "" {
		text += "." + strings.TrimSuffix(s, ".")
	}
	return text
}

func (p *page) webhooks(webhooks []bxml.Webhook) {
	if len(webhooks) == 0 {
		return
	}
	p.line("\n| webhook | answered with BXML | URL | |")
	p.line("|---|---|---|---|")
	for _, w := range webhooks {
		answered, url := "no", w.Elsewhere
		if w.Sync {
			answered = "yes, runs on " + string(w.On)
		}
		if w.Attribute != "" {
			url = code(w.Attribute)
		}
		p.line("| `%s` | %s | %s | %s |", w.Event, answered, url, w.Note)
	}
}

func (p *page) ssml() {
	p.line("\n## SSML\n")
	p.line("Elements that may stand in the text of SpeakSentence.")
	for _, m := range bxml.Markups() {
		p.line("\n### `<%s>`\n", m.Name)
		p.line("%s%s.", strings.ToUpper(m.Doc[:1]), m.Doc[1:])
		p.attributes(m.Attributes)
	}
}

func (p *page) voices() {
	p.line("\n## Voices\n")
	p.line("| voice | locale | gender | |")
	p.line("|---|---|---|---|")
	for _, v := range bxml.Voices() {
		remark := ""
		if v.Enhanced {
			remark = "Enhanced, costs extra."
		}
		p.line("| `%s` | `%s` | %s | %s |", v.Name, v.Locale, v.Gender, strings.TrimSpace(remark+status(bxml.GA, v.Since)))
	}
}
