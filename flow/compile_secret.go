package flow

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// SecretMark stands before and after the name of a secret in a rendered document. It can come from nowhere else: XML cannot
// hold it, so that it is replaced in what is literal and in what is computed.
const SecretMark = '\x1a'

// secretCall finds a text that takes a secret, and secretName what may name one.
var (
	secretCall = regexp.MustCompile(`\$\{[^}]*\bsecret\s*\(`)
	secretPart = regexp.MustCompile(`\$\{\s*secret\(\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\)\s*\}`)
	secretName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
)

// useSecret is the mend for a literal password.
const useSecret = "give the deployment a secret, and write ${secret(\"name\")}"

// secret reads a text with a secret in it: alone, or with literal text around. It returns nil when the text has none, and reports
// one that is mixed with something computed.
func (c *compiler) secret(t *ast.Text) (s *Secret, has bool) {
	if !secretCall.MatchString(t.Value) {
		return nil, false
	}
	m := secretPart.FindStringSubmatchIndex(t.Value)
	if m == nil || strings.Contains(t.Value[:m[0]]+t.Value[m[1]:], "${") {
		c.errorf(ruleSecret, t.Span, "secret(...) stands alone in its ${ }, with literal text around it").
			WithHelp("as in `Bearer ${secret(\"crm\")}`")
		return nil, true
	}
	from, to := m[2], m[3]
	if from < 0 {
		from, to = m[4], m[5]
	}
	s = &Secret{Before: t.Value[:m[0]], Name: t.Value[from:to], After: t.Value[m[1]:]}
	if !secretName.MatchString(s.Name) {
		c.errorf(ruleSecret, t.At(from, to), "%q is no name for a secret", s.Name).WithHelp("use letters, digits, _, - and .")
		return nil, true
	}
	needs := &c.flow.Needs.Secrets
	if at, known := slices.BinarySearch(*needs, s.Name); !known {
		*needs = slices.Insert(*needs, at, s.Name)
	}
	return s, true
}

// isCredential reports whether an attribute of a verb holds a user name or a password.
func isCredential(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "username") || strings.HasSuffix(lower, "password")
}

// credential adds an attribute whose value is a secret, which is put in its place when the document leaves.
func (el *element) credential(a *bxml.Attribute, s *Secret) {
	value := bxml.AppendAttr(nil, s.Before)
	value = append(append(append(value, SecretMark), s.Name...), SecretMark)
	value = bxml.AppendAttr(value, s.After)
	el.static(" " + a.Name + `="` + string(value) + `"`)
}
