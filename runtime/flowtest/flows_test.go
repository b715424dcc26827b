package flowtest

import "testing"

func TestSampleFlowsPassTheirTestsAndEveryTransitionIsTaken(t *testing.T) {
	everyTransition(t, "../../flows")
}

func TestTheTemplateOfInitPassesItsTestsAndEveryTransitionIsTaken(t *testing.T) {
	everyTransition(t, "../../cmd/template")
}

func everyTransition(t *testing.T, folder string) {
	t.Helper()
	result := Run(t, folder)
	for _, c := range result.Coverage {
		for _, m := range c.Missing {
			t.Errorf("flow %q: no test takes %s at %s", c.Flow, m.Name, m.Span)
		}
	}
	if result.Failed > 0 || result.Passed == 0 {
		t.Errorf("%d passed, %d failed", result.Passed, result.Failed)
	}
}
