package yamlsrc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlainScalarsKeepTheirTextAndTellWhatTheyResolveTo(t *testing.T) {
	tests := map[string]Resolved{
		"+15551234567": Int, "0123": Int, "1_000": Int, "0x1F": Int, "12": Int, "-3": Int,
		"1.5": Float, "1e3": Float, ".inf": Float,
		"true": Bool, "False": Bool, "yes": Str, "no": Str, "on": Str, "off": Str,
		"null": Null, "~": Null, "": Null,
		"2026-12-25": Timestamp, "2026-12-25T10:00:00Z": Timestamp,
		"text": Str, "10:30": Str, `"12"`: Str, "'true'": Str, "!!str 12": Str,
	}
	for text, want := range tests {
		n := mustParse(t, "a: "+text+"\n").Get("a")
		value := strings.Trim(strings.TrimPrefix(text, "!!str "), `"'`)
		if n.Resolved != want || n.Value != value {
			t.Errorf("%q is %q, %v; want %v", text, n.Value, n.Resolved, want)
		}
	}
}

func TestKeysKeepTheirText(t *testing.T) {
	n := mustParse(t, "012: a\ntrue: b\n2026-12-25: c\n+1555: d\n\"*\": e\n20s: f\n")
	var keys []string
	for _, e := range n.Entries {
		keys = append(keys, e.Key.Value)
	}
	if diff := cmp.Diff([]string{"012", "true", "2026-12-25", "+1555", "*", "20s"}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestCommentsBehindPlainScalarsShowWhatMayBeCut(t *testing.T) {
	tests := map[string]string{
		"a: press # to finish \n":              "# to finish",
		"a: #\n":                               "#",
		"a: filter(m, # != \"a\")\r\nb: 1\r\n": `# != "a")`,
		"a: x\n# other\n":                      "",
		"a: 'x' # quoted\n":                    "",
		"a: x#y\n":                             "",
		"a: one\n  two # three\n":              "# three",
	}
	for src, want := range tests {
		if got := mustParse(t, src).Get("a").Comment; got != want {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat("[", 70) + strings.Repeat("]", 70)
	tests := []struct{ name, src, want string }{
		{"equal keys", "a: 1\nb: 2\n\"a\": 3\n", `f.yaml:3:1: error: the key "a" is used twice [duplicate-key]`},
		{"a tag where a guard was meant", "guard: !vars.done\n", `f.yaml:1:8: error: "!vars.done" is read as a YAML tag, not as text [yaml-tag]`},
		{"a lone exclamation mark", "guard: ! vars.done\n", `f.yaml:1:8: error: "! vars.done" is read as a YAML tag, not as text [yaml-tag]`},
		{"a tag on a map", "a: !x\n  b: 1\n", `f.yaml:1:4: error: "!x" is a YAML tag, which has no meaning here [yaml-tag]`},
		{"another tag of YAML", "a: !!int 5\n", `f.yaml:1:4: error: "!!int 5" is read as a YAML tag, not as text [yaml-tag]`},
		{"a merge key", "a: &a {b: 1}\nc:\n  <<: *a\n", `f.yaml:3:3: error: merge keys ("<<") are not supported [yaml-merge]`},
		{"a list as key", "? [a]\n: 1\n", `f.yaml:1:3: error: a key must be text, not a list [yaml-key]`},
		{"a map as key", "{a: 1}: 2\n", `f.yaml:1:1: error: a key must be text, not a map [yaml-key]`},
		{"no key", "? \n: 1\n", `f.yaml:1:2: error: a key is missing [yaml-key]`},
		{"an alias of itself", "a: &a [*a]\n", `f.yaml:1:8: error: "*a" stands inside of what it repeats [yaml-alias]`},
		{"too many aliases", "a: &a 1\nb: [" + strings.Repeat("*a, ", 17) + "]\n", "f.yaml:2:69: error: more than 16 aliases in one file [yaml-limit]"},
		{"aliases that multiply", bomb(), "f.yaml:4:14: error: aliases stand for more than 10,000 values [yaml-limit]"},
		{"brackets too deep", deep, "f.yaml:1:65: error: nested deeper than 64 levels [yaml-limit]"},
		{"lists too deep", strings.Repeat("- ", 70) + "x\n", "f.yaml:1:129: error: nested deeper than 64 levels [yaml-limit]"},
		{"a flood of brackets", strings.Repeat("[", 1<<20), "f.yaml:1:1001: error: nested deeper than 64 levels [yaml-limit]"},
		{"a flood of dashes", strings.Repeat("- ", 1<<19), "f.yaml:1:1: error: nested too deeply [yaml-syntax]"},
		{"too many bytes", strings.Repeat("a", 1<<20+1), "f.yaml: error: the file has 1048577 bytes, more than 1 MiB [yaml-limit]"},
		{"a NUL", "a: x\x00y\n", "f.yaml:1:5: error: the control character U+0000 is not allowed [yaml-encoding]"},
		{"a delete character", "a: é\x7f\n", "f.yaml:1:5: error: the control character U+007F is not allowed [yaml-encoding]"},
		{"bytes that are not UTF-8", "a: 1\nb: \xff\n", "f.yaml:2:4: error: the text is not UTF-8 [yaml-encoding]"},
		{"UTF-16", "\xff\xfea\x00", "f.yaml:1:1: error: the text is not UTF-8 [yaml-encoding]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, list := Parse("f.yaml", []byte(test.src))
			if len(list) == 0 || list[0].Error() != test.want {
				t.Errorf("got %v, want %s", list.Err(), test.want)
			}
		})
	}
}

// bomb is a text in which every line repeats the one before three times.
func bomb() string {
	text := "a0: &a0 [" + strings.Repeat("1,", 200) + "]\n"
	for i := range 4 {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d,", i), 4))
	}
	return text
}

func TestDuplicateKeysNameTheFirst(t *testing.T) {
	n, list := Parse("f.yaml", []byte("a: 1\nb: 2\na: 3\n"))
	if n.Get("a").Value != "1" || len(n.Entries) != 2 {
		t.Errorf("the first does not win: %v", n.Entries)
	}
	if got := list[0].Related[0].Span.String(); got != "f.yaml:1:1" {
		t.Error(got)
	}
}

func TestATagLeavesTheTextThatWasMeant(t *testing.T) {
	const src = "guard: !vars.done\ntarget: x\n"
	n, _ := Parse("f.yaml", []byte(src))
	g := n.Get("guard")
	if g.Value != "!vars.done" || at(src, g.Slice(1, 5)) != "vars" || n.Get("target").Value != "x" {
		t.Errorf("%+v", g)
	}
}

func TestAnEmptyFileIsAMissingScalar(t *testing.T) {
	for _, src := range []string{"", "\n", "# nothing\n", "---\n", "\ufeff"} {
		n := mustParse(t, src)
		if !n.IsMissing() || n.Resolved != Null || !n.Span.Start.IsValid() {
			t.Errorf("%q: %+v", src, n)
		}
	}
}

func TestGetIsSafeOnEverything(t *testing.T) {
	var none *Node
	n := mustParse(t, "a: [1]\n")
	if none.Get("a") != nil || n.Get("b") != nil || n.Get("a").Get("c") != nil {
		t.Error("Get found what is not there")
	}
}

func TestErrorsDoNotGoOnWithoutEnd(t *testing.T) {
	_, list := Parse("f.yaml", []byte(strings.Repeat("a: 1\n", 1000)))
	if len(list) != maxErrors {
		t.Errorf("%d errors, want %d", len(list), maxErrors)
	}
}
