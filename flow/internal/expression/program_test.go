package expression

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

func mustGuard(t testing.TB, src string) *Program {
	t.Helper()
	p, problems := Guard(src, testScope())
	if len(problems) > 0 {
		t.Fatalf("compile %s: %+v", src, problems)
	}
	return p
}

func TestConstantTellsGuardsThatAreAlwaysTheSame(t *testing.T) {
	tests := []struct {
		name, src string
		want      any
		constant  bool
	}{
		{"true", `true`, true, true},
		{"a comparison of literals", `1 > 2`, false, true},
		{"a function of literals", `len("abc") == 3`, true, true},
		{"a name that does not matter", `visits == 1 && false`, false, true},
		{"a name that matters", `visits == 1`, nil, false},
		{"a custom function may answer differently", `crash("x")`, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, constant := mustGuard(t, tt.src).Constant()
			if got != tt.want || constant != tt.constant {
				t.Errorf("constant = %v, %v", got, constant)
			}
		})
	}
}

func TestWhatLookupReturnsIsPutIntoItsType(t *testing.T) {
	tests := []struct {
		name, src string
		slot      string
		value     any
		want      any
		err       string
	}{
		{"nil is the zero value of a string", `event.cause == ""`, "event.cause", nil, true, ""},
		{"nil is the zero value of a number", `visits == 0`, "visits", nil, true, ""},
		{"nil is the zero value of a list", `len(vars.list)`, "vars.list", nil, 0, ""},
		{"nil is the zero value of a map", `vars.m.x`, "vars.m", nil, nil, ""},
		{"a whole float is an int", `visits == 3`, "visits", 3.0, true, ""},
		{"an int64 is an int", `visits == 3`, "visits", int64(3), true, ""},
		{"an int is a number", `vars.rate * 2 == 6`, "vars.rate", 3, true, ""},
		{"a list of strings is a list", `vars.list[1]`, "vars.list", []string{"x", "y"}, "y", ""},
		{"a number is no string", `event.cause == "1"`, "event.cause", 1, nil, `evaluate "event.cause == \"1\"": event.cause is not a string`},
		{"a fraction is no int", `visits == 3`, "visits", 3.5, nil, `evaluate "visits == 3": visits is not a number`},
		{"a guard of any type must be a bool", `vars.any`, "vars.any", "yes", nil, `evaluate "vars.any": the value is not true or false`},
	}
	var vm VM
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			look := testRecord()
			look.values[testScope().Names[tt.slot].Slot] = tt.value
			got, err := vm.Run(mustValue(t, tt.src), look)
			if tt.slot == "vars.any" {
				_, err = vm.Bool(mustGuard(t, tt.src), look)
				got = nil
			}
			if text := errorText(err); text != tt.err || got != tt.want {
				t.Errorf("value %v, error %q; want %v, %q", got, text, tt.want, tt.err)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestValuesAreBounded(t *testing.T) {
	long, list := strings.Repeat("x", MaxValueBytes), make([]any, MaxItems+1)
	for i := range list {
		list[i] = i
	}
	tests := []struct {
		name, src, want string
	}{
		{"a text that is too long", `event.cause`, `the text is longer than 4096 bytes`},
		{"texts that are joined", `event.digits + event.digits`, `+: the result is a text of more than 4096 bytes`},
		{"texts that are joined in a closure", `map(vars.numbers, event.digits + string(#))`, `+: the result is a text of more than 4096 bytes`},
		{"a list for a closure", `any(vars.list, # == 1)`, `an operand is a list of more than 256 items`},
		{"a list for in", `1 in vars.list`, `an operand is a list of more than 256 items`},
		{"a list for a function", `sort(vars.list)`, `sort: value 1 is a list of more than 256 items`},
		{"a text for a function", `upper(event.cause)`, `upper: value 1 is a text of more than 4096 bytes`},
		{"a text that a function makes", `spell(event.digits)`, `spell: the result is a text of more than 4096 bytes`},
		{"a text for a pattern", `event.cause matches "^x"`, `an operand is a text of more than 4096 bytes`},
		{"a text for a pattern in a closure", `any(vars.numbers, event.digits matches "^x")`, `matches inside a closure: a text of more than 256 bytes`},
		{"many parts", `split(event.digits, "")`, `split: more than 256 parts`},
		{"a list of long texts", `map(vars.numbers, event.digits)`, ``},
		{"a list of too many long texts", `[map(vars.m.list, event.digits), map(vars.m.list, event.digits)]`, `the value is larger than the bounds, or holds something that is no value`},
	}
	var vm VM
	look := testRecord()
	names := testScope().Names
	look.values[names["event.cause"].Slot] = long + "x"
	look.values[names["event.digits"].Slot] = long
	look.values[names["vars.list"].Slot] = list
	look.values[names["vars.m"].Slot] = map[string]any{"list": list[:10]}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := vm.Run(mustValue(t, tt.src), look)
			if got := strings.TrimPrefix(errorText(err), `evaluate "`+strings.ReplaceAll(tt.src, `"`, `\"`)+`": `); got != tt.want {
				t.Errorf("error %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCustomFunctionsGetCopies(t *testing.T) {
	buffer := []byte("busy")
	var kept string
	var inner string
	s := testScope()
	s.Functions["keep"] = Function{Params: []Type{String, List}, Result: Bool, Call: func(args ...any) (any, error) {
		kept, inner = args[0].(string), args[1].([]any)[0].(string)
		return true, nil
	}}
	p, problems := Guard(`keep(event.cause, vars.list)`, s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	look := testRecord()
	alias := unsafe.String(&buffer[0], len(buffer))
	look.values[s.Names["event.cause"].Slot] = alias
	look.values[s.Names["vars.list"].Slot] = []any{alias}
	if _, err := new(VM).Bool(p, look); err != nil {
		t.Fatal(err)
	}
	copy(buffer, "gone")
	if kept != "busy" || inner != "busy" {
		t.Errorf("the function kept %q and %q", kept, inner)
	}
}

func TestAScopeMayBeEmpty(t *testing.T) {
	p, problems := Value(`1 + 1`, nil)
	if len(problems) > 0 || p.Source() != `1 + 1` || len(p.Refs()) != 0 {
		t.Fatalf("program %v, problems %+v", p, problems)
	}
	if _, problems := Guard(`visits == 1`, nil); len(problems) != 1 {
		t.Errorf("problems: %+v", problems)
	}
}

func TestBuiltInsCannotBeReplaced(t *testing.T) {
	s := testScope()
	s.Functions["upper"] = Function{Params: []Type{String}, Result: String, Call: func(...any) (any, error) { return "replaced", nil }}
	p, problems := Value(`upper(event.cause)`, s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got, err := new(VM).Run(p, testRecord()); err != nil || got != "BUSY" {
		t.Errorf("upper = %v, %v", got, err)
	}
}

func TestErrorsOfCustomFunctionsCanBeTold(t *testing.T) {
	cause := errors.New("no answer")
	s := testScope()
	s.Functions["ask"] = Function{Result: Any, Call: func(...any) (any, error) { return nil, cause }}
	p, problems := Guard(`ask() == 1`, s)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, err := new(VM).Bool(p, testRecord()); !errors.Is(err, cause) {
		t.Errorf("error = %v", err)
	}
}

// panicking is a Lookup that is broken.
type panicking struct{}

func (panicking) Lookup(int) any { panic("broken") }
func (panicking) Has(int) bool   { panic("broken") }

func TestNothingPanicsOutward(t *testing.T) {
	var vm VM
	if _, err := vm.Bool(mustGuard(t, `has(event.cause)`), panicking{}); err == nil {
		t.Error("no error from a broken Lookup")
	}
	if _, err := vm.Run(mustValue(t, `event.cause`), panicking{}); err == nil {
		t.Error("no error from a broken Lookup")
	}
	if ok, err := vm.Bool(mustGuard(t, `event.cause == "busy"`), testRecord()); !ok || err != nil {
		t.Errorf("the machine does not recover: %v, %v", ok, err)
	}
}

func TestResetKeepsNoValues(t *testing.T) {
	var vm VM
	if _, err := vm.Run(mustValue(t, `filter(vars.list, # != event.cause)`), testRecord()); err != nil {
		t.Fatal(err)
	}
	vm.Reset()
	for _, values := range [][]any{vm.machine.Variables[:cap(vm.machine.Variables)], vm.machine.Stack[:cap(vm.machine.Stack)]} {
		for _, v := range values {
			if v != nil {
				t.Errorf("the machine keeps %v", v)
			}
		}
	}
	new(VM).Reset()
}

func TestAProgramServesManyGoroutines(t *testing.T) {
	p := mustGuard(t, `within(now, "Mon-Fri 09:00-17:00", params.zone) && event.cause == "busy"`)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			var vm VM
			look := testRecord()
			look.values[testScope().Names["params.zone"].Slot] = []string{"UTC", "America/New_York"}[i%2]
			for range 100 {
				if ok, err := vm.Bool(p, look); !ok || err != nil {
					t.Errorf("guard = %v, %v", ok, err)
				}
			}
		})
	}
	wg.Wait()
}

const usualGuard = `event.cause == "busy" && vars.attempts < 3`

func TestGuardsDoNotAllocate(t *testing.T) {
	look := testRecord()
	var vm VM
	for _, src := range []string{usualGuard, `event.digits in ["1", "2"]`, `not vars.done`, `event.duration < duration("2s")`, `has(event.cause)`, `call.from startsWith "+1"`} {
		p := mustGuard(t, src)
		if n := testing.AllocsPerRun(100, func() { _, _ = vm.Bool(p, look) }); n != 0 {
			t.Errorf("%s: %v allocations", src, n)
		}
	}
}

func TestTemplatesOfNamesDoNotAllocate(t *testing.T) {
	look := testRecord()
	var vm VM
	tmpl, problems := Parse(`${event.cause}: ${vars.attempts}, ${event.duration}`, testScope())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	buffer := make([]byte, 0, 100)
	if n := testing.AllocsPerRun(100, func() { buffer, _ = vm.Append(buffer[:0], tmpl, look) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
