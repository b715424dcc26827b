//go:build race

package flowtest_test

// detecting says that the race detector watches, which takes its time.
const detecting = true
