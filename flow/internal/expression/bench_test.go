package expression

import "testing"

func BenchmarkGuard(b *testing.B) {
	for _, src := range []string{usualGuard, `event.digits == "1"`, `event.digits in ["1", "2"]`, `not vars.done`, `vars.any.vip`, `within(now, "Mon-Fri 09:00-17:00", "America/New_York")`} {
		b.Run(src, func(b *testing.B) {
			p, look := mustGuard(b, src), testRecord()
			var vm VM
			b.ReportAllocs()
			for b.Loop() {
				if _, err := vm.Bool(p, look); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGuardError(b *testing.B) {
	p, look := mustGuard(b, `vars.none.deep == 1`), testRecord()
	var vm VM
	b.ReportAllocs()
	for b.Loop() {
		_, _ = vm.Bool(p, look)
	}
}

func BenchmarkTemplate(b *testing.B) {
	tmpl, _ := Parse(`${event.cause}: ${vars.attempts + 1} of ${args.digits}`, testScope())
	look, buffer := testRecord(), make([]byte, 0, 100)
	var vm VM
	b.ReportAllocs()
	for b.Loop() {
		buffer, _ = vm.Append(buffer[:0], tmpl, look)
	}
}

func BenchmarkCompile(b *testing.B) {
	s := testScope()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Guard(usualGuard, s)
	}
}
