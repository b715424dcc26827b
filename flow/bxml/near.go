package bxml

import "github.com/bxmlflow/bxmlflow/flow/diag"

// didYouMean returns a question about the word that a misspelt one most likely means, "" when none is near.
func didYouMean(word string, words []string) string {
	if near, ok := diag.Nearest(word, words); ok {
		return `did you mean "` + near + `"?`
	}
	return ""
}
