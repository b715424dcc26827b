package arch

// rule names the packages of this module that a package may import, tests
// aside. Patterns are paths below the module; "x/..." means x and everything
// below it. The first rule whose package pattern matches decides.
type rule struct {
	pkg string
	may []string
	why string
}

var rules = []rule{
	{"flow/diag/...", nil,
		"a diagnostic is a value that every stage can make, so it needs none of them"},
	{"flow/event/...", []string{"flow/event/..."},
		"the events are the carrier's words, which the simulator needs without the language"},
	{"flow/bxml/...", []string{"flow/bxml/...", "flow/diag"},
		"the verbs are the carrier's words, which the simulator needs without the language"},
	{"flow/ast/...", []string{"flow/diag"},
		"syntax is what was written, before anything is known about its meaning"},
	{"flow/internal/expression/...", []string{"flow/internal/expression/...", "flow/diag"},
		"expressions know names and types, not flows, so that they can be tested and fuzzed alone"},
	{"flow/internal/parse/...", []string{"flow/internal/parse/...", "flow/ast", "flow/diag", "internal/yamlsrc"},
		"parsing knows what YAML says, not what a flow means"},
	{"flow/...", []string{"flow/...", "internal/yamlsrc"},
		"the language can be checked and compiled without an engine"},

	{"runtime/store/...", []string{"runtime/store/..."},
		"a store keeps bytes under a key, and can be written by someone who knows nothing of flows"},
	{"runtime/bandwidth/...", []string{"runtime/bandwidth/...", "flow/event", "flow/bxml"},
		"the REST client is of use without the engine"},
	{"runtime/simulator/...", []string{"runtime/simulator/...", "flow/event", "flow/bxml"},
		"the simulator plays the carrier and must not share beliefs with what it tests"},
	{"runtime/flowtest/...", []string{"runtime/...", "flow/...", "internal/yamlsrc"},
		"the test runner drives the engine and the simulator, and belongs to no command"},
	{"runtime/inspector/...", []string{"runtime/...", "flow/..."},
		"the inspector shows what the engine tells, and belongs to no command"},
	{"runtime/...", []string{"runtime", "runtime/internal/...", "runtime/store/...", "runtime/bandwidth/...", "flow/..."},
		"the engine knows nothing of who tests it, shows it or starts it"},

	{"flows/...", []string{"flows/..."},
		"the sample flows are files; embedding them needs no code of ours"},
	{"cmd/...", []string{"cmd/...", "flows/...", "flow/...", "runtime/...", "internal/..."},
		"the command stands on everything and nothing stands on it but programs of one's own"},
	{"examples/...", []string{"examples/...", "cmd", "flow/...", "runtime/...", "flows/..."},
		"an example uses what its reader can use, which internal packages are not"},

	{"internal/yamlsrc/...", []string{"internal/yamlsrc/...", "flow/diag"},
		"YAML is read into nodes with places; what they mean is for others"},
	{"internal/golden/...", nil,
		"the tests of every package use it"},
	{"internal/arch/...", nil,
		"the tests of the shape are not part of it"},
	{"internal/tools/...", []string{"internal/tools/..."},
		"the tools of the build have to work while the rest does not"},
	{"internal/...", []string{"internal/...", "flow/...", "runtime/..."},
		"what the project keeps to itself is not above the command"},
}

// owner names the only packages that import a module, tests included: whoever
// changes the module changes one place.
type owner struct {
	module string
	pkg    string
	why    string
}

var owners = []owner{
	{"gopkg.in/yaml.v3", "internal/yamlsrc/...",
		"its node decoder has no bounds and its errors no columns, which yamlsrc mends for all"},
	{"github.com/expr-lang/expr", "flow/internal/expression/...",
		"expressions are bounded where they are compiled, so nothing may compile them elsewhere"},
	{"github.com/looplab/fsm", "runtime/internal/kernel/...",
		"it has to be driven without callbacks and cancelled contexts, which kernel sees to"},
	{"github.com/spf13/cobra", "cmd/...",
		"the engine can be embedded without a command line"},
	{"github.com/fsnotify/fsnotify", "cmd/...",
		"watching files is for the server's command, not for the engine"},
	{"github.com/lmittmann/tint", "cmd/...",
		"colours are for the terminal of the command"},
}

// core is what an importer of the library takes in beside the standard
// library.
var core = []string{
	"github.com/expr-lang/expr",
	"github.com/looplab/fsm",
	"gopkg.in/yaml.v3",
}
