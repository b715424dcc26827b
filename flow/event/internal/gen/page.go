package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

const intro = `# Events

<!-- Generated from the event table by "go generate ./flow/event". Do not edit. -->

These are the webhooks of Bandwidth's Programmable Voice. A **synchronous** event is answered with BXML; the answer to an
asynchronous one is ignored. **Once** means that one execution of a verb raises the event at most once. **Late** events may
come after the machine ended or moved on. Fields that an event does not always have are marked *optional*, fields that no
documentation names for it *presumed*; a list of values that ends in "..." is open, so expect others. Values marked *masked*
stay out of logs.

Several sources disagree: Bandwidth's documentation pages, the examples on them, and its OpenAPI document. The notes say where.

`

// page writes docs/events.md.
func page(types []*event.Type) []byte {
	var b bytes.Buffer
	b.WriteString(intro)
	b.WriteString("| event | answered | machine | starts or ends it | once | late | sent when |\n|---|---|---|---|---|---|---|\n")
	for _, t := range types {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s | %s | %s |\n", t.Name, strings.ToLower(t.Name),
			mode(t), t.Machine, life(t), tick(t.Once), tick(t.Late), t.SentWhen)
	}
	for _, t := range types {
		section(&b, t)
	}
	b.WriteString("\n## Causes\n\nOf `disconnect`, `transferComplete`, `transferDisconnect` and `bridgeComplete`. Others must be expected.\n\n")
	b.WriteString("| cause | meaning |\n|---|---|\n")
	for _, c := range event.Causes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", c.Name, c.Meaning)
	}
	return b.Bytes()
}

func mode(t *event.Type) string {
	if t.Sync {
		return "synchronous"
	}
	return "no"
}

func life(t *event.Type) string {
	switch {
	case t.Starts:
		return "starts"
	case t.Ends:
		return "ends"
	}
	return ""
}

func tick(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func section(b *bytes.Buffer, t *event.Type) {
	fmt.Fprintf(b, "\n## %s\n\nSent when %s.\n\n", t.Name, t.SentWhen)
	fact(b, "Also spelt", quote(t.Aliases))
	fact(b, "Status", map[string]string{"beta": "beta", "new": "on the documentation pages, in no SDK yet"}[t.Status])
	fact(b, "Delivered to", t.Delivered)
	fact(b, "Method", t.Method)
	fact(b, "Fallback", t.Fallback)
	fact(b, "Credentials", t.Credentials)
	fact(b, "Answer", t.Reply)
	fact(b, "BXML runs on", t.ActsOn)
	if t.Machine != event.MachineNone {
		fact(b, "Machine", fmt.Sprintf("the %s named by `%s`", t.Machine, t.Key))
	}
	for _, note := range t.Notes {
		fmt.Fprintf(b, "- %s\n", note)
	}
	if len(t.Fields) == 0 {
		return
	}
	b.WriteString("\n| field | kind | |\n|---|---|---|\n")
	for i := range t.Fields {
		f := &t.Fields[i]
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.Name, f.Kind, remarks(f))
	}
}

func fact(b *bytes.Buffer, what, value string) {
	if value != "" {
		fmt.Fprintf(b, "- %s: %s\n", what, value)
	}
}

func quote(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

func remarks(f *event.Field) string {
	var parts []string
	switch {
	case f.Presumed:
		parts = append(parts, "*presumed*")
	case f.Optional:
		parts = append(parts, "*optional*")
	}
	if f.Sensitive {
		parts = append(parts, "*masked*")
	}
	if f.Doc != "" {
		parts = append(parts, f.Doc)
	}
	if values := quote(f.Values); values != "" {
		if f.Open {
			values += " ..."
		}
		parts = append(parts, values)
	}
	return strings.Join(parts, "; ")
}
