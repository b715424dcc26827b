package explore

import "slices"

// Truth is what is known of an atom.
type Truth uint8

// The truths. Unknown stands for either, the same wherever the atom occurs.
const (
	Unknown Truth = iota
	False
	True
)

// Of returns the truth of what is known.
func Of(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Op joins conditions.
type Op uint8

// The operators.
const (
	Always Op = iota // true
	Atom             // the atom with the number Condition.Atom
	And
	Or
	Not
)

// Condition is a formula over numbered atoms. The zero Condition is always true.
type Condition struct {
	Op   Op
	Atom int
	Args []Condition
}

// atoms adds the numbers of the atoms in c to set.
func (c *Condition) atoms(set map[int]bool) {
	if c.Op == Atom {
		set[c.Atom] = true
	}
	for i := range c.Args {
		c.Args[i].atoms(set)
	}
}

// holds evaluates c where every atom is known.
func (c *Condition) holds(world []Truth) bool {
	switch c.Op {
	case Atom:
		return world[c.Atom] == True
	case Not:
		return !c.Args[0].holds(world)
	case And:
		return !slices.ContainsFunc(c.Args, func(a Condition) bool { return !a.holds(world) })
	case Or:
		return slices.ContainsFunc(c.Args, func(a Condition) bool { return a.holds(world) })
	}
	return true
}

// maxWorlds bounds the combinations of unknown atoms that are tried in one case.
const maxWorlds = 1 << 8

// worlds calls fn with every way in which the unknown atoms of the list can be. It reports false, without a call, when there are
// too many.
func worlds(list []Condition, known []Truth, fn func(world []Truth)) bool {
	set := map[int]bool{}
	for i := range list {
		list[i].atoms(set)
	}
	var unknown []int
	for a := range set {
		if known[a] == Unknown {
			unknown = append(unknown, a)
		}
	}
	if len(unknown) > 20 || 1<<len(unknown) > maxWorlds {
		return false
	}
	world := slices.Clone(known)
	for n := range 1 << len(unknown) {
		for i, a := range unknown {
			world[a] = Of(n>>i&1 != 0)
		}
		fn(world)
	}
	return true
}

// Verdict is what is known of a condition in a list of which the first that holds is chosen. The numbers are those of the first
// case in which it is so, -1 for none.
type Verdict struct {
	Holds  int // it can hold
	Fails  int // it can fail
	Chosen int // it can hold while all before it fail
}

// Judge decides about a list in all cases, each of which tells what is known of the atoms. It reports false when that would take
// too long.
func Judge(list []Condition, cases [][]Truth) ([]Verdict, bool) {
	verdicts := make([]Verdict, len(list))
	for i := range verdicts {
		verdicts[i] = Verdict{-1, -1, -1}
	}
	note := func(at *int, n int) {
		if *at < 0 {
			*at = n
		}
	}
	for n, known := range cases {
		decided := worlds(list, known, func(world []Truth) {
			free := true
			for i := range list {
				if !list[i].holds(world) {
					note(&verdicts[i].Fails, n)
					continue
				}
				note(&verdicts[i].Holds, n)
				if free {
					note(&verdicts[i].Chosen, n)
				}
				free = false
			}
		})
		if !decided {
			return nil, false
		}
	}
	return verdicts, true
}

// Choose returns which of a list can be chosen in one case, and whether it can be that none is, and must be. When that cannot be
// told all can be chosen.
func Choose(list []Condition, known []Truth) (chosen []bool, canFail, mustFail bool) {
	chosen, mustFail = make([]bool, len(list)), true
	decided := worlds(list, known, func(world []Truth) {
		i := slices.IndexFunc(list, func(c Condition) bool { return c.holds(world) })
		if i < 0 {
			canFail = true
			return
		}
		chosen[i], mustFail = true, false
	})
	if decided {
		return chosen, canFail, mustFail
	}
	for i := range chosen {
		chosen[i] = true
	}
	return chosen, true, false
}
