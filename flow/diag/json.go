package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// JSON writes list as an indented array of objects with severity, rule, message, file, start, end, help and related; what
// is not known is left out. Start and end have line and col. The error is that of w.
func JSON(w io.Writer, list List) error {
	if list == nil {
		list = List{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(list); err != nil {
		return fmt.Errorf("write problems: %w", err)
	}
	return nil
}

// place is a Span and its message, flat. It has the fields of an object that all problems and related places share.
type place struct {
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Start   Pos    `json:"start,omitzero"`
	End     Pos    `json:"end,omitzero"`
}

func (p place) span() Span { return Span{p.File, p.Start, p.End} }

type object struct {
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule,omitempty"`
	place
	Help    string  `json:"help,omitempty"`
	Related []place `json:"related,omitempty"`
}

// MarshalJSON writes d as JSON does.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	o := object{d.Severity, d.Rule, place{d.Message, d.Span.File, d.Span.Start, d.Span.End}, d.Help, nil}
	for _, r := range d.Related {
		o.Related = append(o.Related, place{r.Message, r.Span.File, r.Span.Start, r.Span.End})
	}
	return json.Marshal(o)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Diagnostic) UnmarshalJSON(data []byte) error {
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return fmt.Errorf("read problem: %w", err)
	}
	*d = Diagnostic{Severity: o.Severity, Rule: o.Rule, Span: o.span(), Message: o.Message, Help: o.Help}
	for _, r := range o.Related {
		d.Related = append(d.Related, Related{r.span(), r.Message})
	}
	return nil
}

// MarshalText returns the name of s.
func (s Severity) MarshalText() ([]byte, error) {
	if int(s) >= len(severities) {
		return nil, fmt.Errorf("write severity: %d is none", uint8(s))
	}
	return []byte(s.String()), nil
}

// UnmarshalText accepts the names that String returns.
func (s *Severity) UnmarshalText(name []byte) error {
	i := slices.Index(severities[:], string(name))
	if i < 0 {
		return fmt.Errorf("read severity: %q is none of error, warning, info", name)
	}
	*s = Severity(i)
	return nil
}
