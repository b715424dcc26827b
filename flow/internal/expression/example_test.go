package expression_test

import (
	"fmt"

	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// values holds the value of every slot.
type values []any

func (v values) Lookup(slot int) any { return v[slot] }
func (v values) Has(slot int) bool   { return v[slot] != nil }

func Example() {
	scope := &expression.Scope{Names: map[string]expression.Name{
		"event.cause":   {Type: expression.String, Slot: 0},
		"vars.attempts": {Type: expression.Int, Slot: 1},
	}}
	guard, _ := expression.Guard(`event.cause == "busy" && vars.attempts < 3`, scope)
	text, _ := expression.Parse(`attempt ${vars.attempts + 1} after ${event.cause}`, scope)

	var vm expression.VM
	now := values{"busy", 2}
	again, err := vm.Bool(guard, now)
	fmt.Println(again, err)
	said, err := vm.Append(nil, text, now)
	fmt.Println(string(said), err)

	src := `event.cause == 1 && vars.attempt < 3`
	_, problems := expression.Guard(src, scope)
	for _, p := range problems {
		fmt.Printf("%s: %s; %s\n", src[p.From:p.To], p.Message, p.Help)
	}
	// Output:
	// true <nil>
	// attempt 3 after busy <nil>
	// vars.attempt: "vars.attempt" does not exist here; did you mean "vars.attempts"?
}
