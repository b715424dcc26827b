package expression

import "testing"

// members is a scope in which `vars.r` is a map with two known values, and a machine that holds one of them.
func members() (*Scope, *record) {
	s := &Scope{Names: map[string]Name{
		"vars.r": {Type: Map, Slot: 0, Closed: true}, "vars.r.name": {Type: String, Slot: 0, Member: "name"}, "vars.r.n": {Type: Int, Slot: 0, Member: "n"},
	}}
	return s, &record{values: []any{map[string]any{"name": "Ann"}}}
}

func TestAMemberIsReadFromTheMapAtItsSlot(t *testing.T) {
	s, r := members()
	for src, want := range map[string]any{
		`vars.r.name`: "Ann", `vars.r?.name`: "Ann", `vars.r["name"]`: "Ann", `vars.r.n + 1`: 1, `has(vars.r.name)`: true, `has(vars.r.n)`: false, `len(vars.r)`: 1,
	} {
		p, problems := Value(src, s)
		if len(problems) > 0 {
			t.Errorf("%s: %+v", src, problems)
			continue
		}
		if got, err := new(VM).Run(p, r); err != nil || got != want {
			t.Errorf("%s gives %v, %v, want %v", src, got, err, want)
		}
	}
}

func TestAClosedNameHasNoOtherMembers(t *testing.T) {
	s, _ := members()
	_, problems := Value(`1 + vars.r.nmae.x`, s)
	want := Problem{From: 4, To: 15, Message: `"vars.r.nmae" does not exist here`, Rule: RuleName}
	if len(problems) != 1 || problems[0] != want {
		t.Errorf("problems %+v, want %+v", problems, want)
	}
}
