package flow

import (
	"embed"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/internal/rule"
)

//go:generate go run ./internal/gen ../docs/checks.md

// Rule documents what the checker looks for. Bad and Good are flows, or configurations where a rule is about those; Output is
// what is said about Bad.
type Rule = diag.Rule

//go:embed testdata/rules/*.txtar
var examples embed.FS

// Rules returns what Load and the command's check report, by ID: one rule for every Diagnostic.Rule. The slice is the caller's.
func Rules() []Rule {
	list := rule.All()
	for i := range list {
		illustrate(&list[i])
	}
	return list
}

// illustrate adds the examples of a rule.
func illustrate(r *Rule) {
	archive, _ := examples.ReadFile("testdata/rules/" + r.ID + ".txtar") // it is part of the program
	others := ""
	for _, f := range rule.Files(string(archive)) {
		switch f.Name {
		case "bad.yaml":
			r.Bad = f.Text
		case "good.yaml":
			r.Good = f.Text
		case "want":
			r.Output = f.Text
		default:
			others += "\n# " + f.Name + "\n" + strings.TrimLeft(f.Text, "\n")
		}
	}
	r.Bad += others
	r.Good += others
}
