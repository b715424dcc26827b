package bxml

import "strings"

// near returns the word that is meant by a misspelt one, "" when none is near.
func near(word string, words []string) string {
	best, limit := "", min(3, 1+len(word)/4)
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return w
		}
		if d := distance(word, w, limit); d <= limit {
			best, limit = w, d-1
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b in bytes ignoring case, or limit+1 when it is larger than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(b) > 64 {
		return limit + 1
	}
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return min(row[len(b)], limit+1)
}

func didYouMean(word string, words []string) string {
	if w := near(word, words); w != "" {
		return `did you mean "` + w + `"?`
	}
	return ""
}
