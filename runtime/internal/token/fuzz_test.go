package token

import "testing"

func FuzzParse(f *testing.F) {
	for _, c := range []Claims{*claims(), {}, {Machine: conferenceID, Event: "x"}, {Machine: "leg-1", Flow: "f", Turn: 1 << 31}} {
		raw, _ := encode(nil, &c)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got := Claims{Machine: "untouched"}
		if err := parse(body, &got); err != nil {
			if got != (Claims{Machine: "untouched"}) {
				t.Errorf("refused and still wrote %+v", got)
			}
			return
		}
		// What was understood says the same when it is written again.
		raw, ok := encode(nil, &got)
		if !ok {
			return // longer than any token
		}
		var again Claims
		if err := parse(raw, &again); err != nil || again != got {
			t.Errorf("%+v came back as %+v: %v", got, again, err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	k, err := New(first)
	if err != nil {
		f.Fatal(err)
	}
	good := string(k.Append(nil, claims()))
	f.Add(good)
	f.Add("")
	f.Add("EQMC")
	f.Fuzz(func(t *testing.T, token string) {
		if err := k.Verify(token, new(Claims)); err == nil && token != good {
			t.Errorf("%q was taken", token)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	k, c := keys(b, first, second), claims()
	dst := make([]byte, 0, MaxBytes)
	b.ReportAllocs()
	for b.Loop() {
		dst = k.Append(dst[:0], c)
	}
}

func BenchmarkVerify(b *testing.B) {
	benchmarks := []struct {
		name string
		keys *Keys
		into func() Claims
	}{
		{"one key, expected call", keys(b, first), func() Claims { return *claims() }},
		{"two keys, expected call", keys(b, first, second), func() Claims { return *claims() }},
		{"one key, another call", keys(b, first), func() Claims { return Claims{} }},
	}
	token := string(keys(b, first).Append(nil, claims()))
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				into := bench.into()
				if err := bench.keys.Verify(token, &into); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
