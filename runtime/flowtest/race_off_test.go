//go:build !race

package flowtest_test

const detecting = false
