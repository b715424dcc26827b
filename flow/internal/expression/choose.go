package expression

import (
	"hash/fnv"
	"maps"
	"math"
	"slices"
)

// chosen is the type of what choose returns: a key of a map, or a position in a list.
func chosen(args []Type) Type {
	if len(args) < 2 {
		return Any
	}
	switch args[1] {
	case Map:
		return String
	case List:
		return Int
	}
	return Any
}

// choose picks a key of a map or a position in a list, each as often as its weight says. Equal seeds make equal choices, now
// and in later versions: calls in flight rely on it.
func choose(args ...any) (any, error) {
	var names []string
	var weights []any
	switch of := args[1].(type) {
	case map[string]any:
		names = slices.Sorted(maps.Keys(of))
		for _, name := range names {
			weights = append(weights, of[name])
		}
	case []any:
		weights = of
	default:
		return nil, &argumentError{index: 1, message: "choose: the weights are neither a map nor a list"}
	}
	i, err := pick(Text(args[0]), weights)
	if err != nil || names == nil {
		return i, err
	}
	return names[i], nil
}

func pick(seed string, weights []any) (int, error) {
	if len(weights) > MaxItems {
		return 0, &argumentError{index: 1, message: "choose: too many weights"}
	}
	total, sums := 0.0, make([]float64, len(weights))
	for i, w := range weights {
		n, err := number("choose", w)
		if err != nil || !(n >= 0) || math.IsInf(n, 0) {
			return 0, &argumentError{index: 1, message: "choose: a weight is not a number from 0 up"}
		}
		total += n
		sums[i] = total
	}
	if !(total > 0) || math.IsInf(total, 0) {
		return 0, &argumentError{index: 1, message: "choose: the weights add up to nothing"}
	}
	at := float64(fraction(seed) * total)
	for i, sum := range sums {
		if at < sum {
			return i, nil
		}
	}
	return slices.Index(sums, total), nil // rounding reached the end: the last that weighs anything
}

// fraction maps a seed evenly to [0, 1): FNV-1a, then the finalizer of splitmix64, because short seeds that differ in the
// last digit only share the upper bits of FNV.
func fraction(seed string) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(seed)) // never fails
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return float64(x>>11) / (1 << 53)
}
