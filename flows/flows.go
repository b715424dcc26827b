// Package flows holds the sample flows and their tests, so that the command can serve them and programs can start from them.
package flows

import "embed"

// FS holds the files: name.yaml is a flow, name_test.yaml its tests.
//
//go:embed *.yaml
var FS embed.FS
