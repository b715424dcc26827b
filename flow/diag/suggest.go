package diag

import (
	"strings"
	"unicode/utf8"
)

const maxWord = 64 // code points; nobody mistypes more

// Nearest returns the candidate that word was most likely meant to be, and whether one is near enough to be suggested.
// Letters that are added, left out, wrong or swapped with their neighbour count one each, upper and lower case nothing; a
// word of two letters must be equal but for case, one of five may differ in one place, one of eight in two, longer ones in
// three. Of equally near candidates one with the same case, then the first in the alphabet wins, whatever the order.
func Nearest(word string, candidates []string) (string, bool) {
	if utf8.RuneCountInString(word) > maxWord {
		return "", false
	}
	lower := []rune(strings.ToLower(word))
	best, bestRank := "", [2]int{tolerance(len(lower)) + 1, 0}
	for _, c := range candidates {
		if c == "" || utf8.RuneCountInString(c) > maxWord {
			continue
		}
		rank := [2]int{distance(lower, []rune(strings.ToLower(c))), distance([]rune(word), []rune(c))}
		if rank[0] > tolerance(len(lower)) || rank[0] >= len(lower) {
			continue
		}
		if best == "" || rank[0] < bestRank[0] || rank[0] == bestRank[0] && (rank[1] < bestRank[1] || rank[1] == bestRank[1] && c < best) {
			best, bestRank = c, rank
		}
	}
	return best, best != ""
}

func tolerance(length int) int {
	switch {
	case length <= 2:
		return 0
	case length <= 5:
		return 1
	case length <= 8:
		return 2
	}
	return 3
}

// distance is the number of insertions, deletions, substitutions and swaps of neighbours that turn a into b, none of them
// within another (the restricted Damerau-Levenshtein distance).
func distance(a, b []rune) int {
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}
