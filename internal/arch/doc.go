// Package arch holds no code but the tests that keep the shape of the project:
// which package may import which, which one owns each foreign module, and what
// an importer of flow and runtime takes in.
//
// The rules are the tables of rules_test.go, each with its reason. Whoever
// wants another arrow changes the table in the same commit, and says why.
package arch
