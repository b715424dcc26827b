// The command bxmlflow checks, tests, draws and serves call flows. A binary with plug-ins of its own is this file with a
// filled Kit.
package main

import (
	"os"

	"github.com/bxmlflow/bxmlflow/cmd"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func main() { os.Exit(cmd.Main(os.Args, cmd.OS(), runtime.Kit{})) }
