package flowtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// same reports whether a variable has the value that a test writes. Numbers are compared by their value, a duration may be
// written as 9s or PT9S.
func same(want, got any) bool {
	switch got := got.(type) {
	case nil:
		return want == nil
	case time.Duration:
		return sameDuration(want, got)
	case time.Time:
		s, _ := want.(string)
		t, err := time.Parse(time.RFC3339, s)
		return err == nil && t.Equal(got)
	case []any:
		list, ok := want.([]any)
		return ok && slices.EqualFunc(list, got, same)
	case map[string]any:
		return sameMap(want, got)
	case int, float64:
		a, ok := number(want)
		b, _ := number(got)
		return ok && a == b
	}
	return want == got
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func sameDuration(want any, got time.Duration) bool {
	s, ok := want.(string)
	if !ok {
		return false
	}
	if d, ok := event.ISODuration(s).Duration(); ok {
		return d == got
	}
	d, err := time.ParseDuration(s)
	return err == nil && d == got
}

func sameMap(want any, got map[string]any) bool {
	m, ok := want.(map[string]any)
	if !ok || len(m) != len(got) {
		return false
	}
	for name, v := range m {
		other, ok := got[name]
		if !ok || !same(v, other) {
			return false
		}
	}
	return true
}

// showOther returns a value that is no text as a message shows it.
func showOther(v any) string {
	switch v := v.(type) {
	case time.Duration:
		return v.String()
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// outline writes elements with one line for each, attributes by name, without those that skip names.
func outline(list []*bxml.Element, skip func(bxml.Attr) bool) []string {
	var lines []string
	for _, e := range list {
		head := bxml.Element{Name: e.Name, Text: e.Text, Nodes: e.Nodes}
		for _, a := range e.Attributes {
			if !skip(a) {
				head.Attributes = append(head.Attributes, a)
			}
		}
		slices.SortFunc(head.Attributes, func(a, b bxml.Attr) int { return strings.Compare(a.Name, b.Name) })
		lines = append(lines, string(head.Append(nil)))
		for _, line := range outline(e.Children, skip) {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

// diffLines returns the lines of both sides: those only expected with a minus, those only got with a plus; "" when there
// is no difference. The texts are short, so the plain method serves.
func diffLines(want, got []string) string {
	if slices.Equal(want, got) {
		return ""
	}
	common := make([][]int, len(want)+1) // length of the longest common subsequence from i and j on
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	lines := []string{"- expected, + got"}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			lines = append(lines, "  "+want[i])
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			lines = append(lines, "- "+want[i])
			i++
		default:
			lines = append(lines, "+ "+got[j])
			j++
		}
	}
	return strings.Join(lines, "\n")
}
