package expression

import (
	"fmt"
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// nearest returns the candidate that a misspelt word most likely means, or "".
func nearest(word string, candidates []string) string {
	slices.Sort(candidates)
	near, _ := diag.Nearest(word, candidates)
	return near
}

func didYouMean(word string) string {
	if word == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", word)
}
