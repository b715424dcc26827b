package token

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	callID       = "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d"
	conferenceID = "conf-95ac90b3-ac6cd003-85e4-466f-b2e2-3fc5462c5d0d"
)

var (
	first  = bytes.Repeat([]byte("a"), 32)
	second = bytes.Repeat([]byte("b"), 32)
)

func keys(tb testing.TB, all ...[]byte) *Keys {
	tb.Helper()
	k, err := New(all...)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func claims() *Claims {
	return &Claims{Machine: callID, Flow: "support", Turn: 3, Verb: 2, Event: "bridgeComplete"}
}

func TestWhatATokenSaysComesBack(t *testing.T) {
	tests := []struct {
		sentence string
		claims   Claims
		length   int // characters
	}{
		{"a call", *claims(), 59},
		{"a conference", Claims{Machine: conferenceID, Flow: "main", Event: "conferenceMemberJoin"}, 55},
		{"a leg of ours", Claims{Machine: "leg-0123456789abcdef0123456789abcdef", Flow: "main", Turn: 1, Event: "answer"}, 76},
		{"nothing at all", Claims{}, 24},
		{"the largest numbers", Claims{Machine: callID, Turn: 1<<32 - 1, Verb: 1<<16 - 1, Event: "gather"}, 58},
		{"an event that the format does not know", Claims{Machine: callID, Event: "conferenceEvent"}, 71},
		{"a call id in capitals", Claims{Machine: strings.ToUpper(callID)}, 87},
		{"a call id with a digit that is none", Claims{Machine: callID[:46] + "g"}, 87},
		{"a call id with a dash that is none", Claims{Machine: strings.Replace(callID, "-4198-", "-4198a", 1)}, 87},
		{"a call id that is too short", Claims{Machine: callID[:46]}, 86},
		{"a call id that is too long", Claims{Machine: callID + "0"}, 88},
		{"a prefix alone", Claims{Machine: "c-"}, 27},
		{"letters of every kind", Claims{Machine: "\x00 \xff ключ", Flow: "a/b?c#d&e=\"", Event: "\n"}, 56},
	}
	k := keys(t, first)
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			token := string(k.Append([]byte("?t="), &test.claims))[len("?t="):]
			if len(token) != test.length {
				t.Errorf("%d characters, want %d", len(token), test.length)
			}
			got := Claims{Machine: "other", Flow: "other", Turn: 9, Verb: 9, Event: "other"}
			if err := k.Verify(token, &got); err != nil {
				t.Fatalf("verify: %v", err)
			}
			if diff := cmp.Diff(test.claims, got); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
			if i := strings.IndexFunc(token, func(r rune) bool { return !strings.ContainsRune(alphabet, r) }); i >= 0 {
				t.Errorf("%q needs escaping in a URL", token[i])
			}
		})
	}
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func TestTheWireFormatStaysAsItIs(t *testing.T) {
	const issued = "EQMCDAdzdXBwb3J0layNbhoxxS6zj0GYk8FRYz7Gj43HDfyUVAqaFYFTN8Y"
	token := string(keys(t, first).Append(nil, claims()))
	if token != issued {
		t.Errorf("token %q, but live calls bear %q", token, issued)
	}
	for name, code := range map[string]int{"initiate": 1, "bridgeComplete": 12, "partialgather": 23, "outboundConnectionRequest": 32} {
		if events[code] != name {
			t.Errorf("event %d is %q, want %q: live calls bear its tokens", code, events[code], name)
		}
	}
}

func TestEveryMutationIsRefused(t *testing.T) {
	k := keys(t, first, second)
	good := string(k.Append(nil, claims()))
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for refused < 10_000 {
		bad := mutate(random, good)
		if bad == good {
			continue
		}
		got := Claims{Machine: "untouched"}
		if err := k.Verify(bad, &got); !errors.Is(err, ErrForged) && !errors.Is(err, ErrMalformed) {
			t.Fatalf("%q in place of %q: %v", bad, good, err)
		}
		if got != (Claims{Machine: "untouched"}) {
			t.Fatalf("%q was refused and still wrote %+v", bad, got)
		}
		refused++
	}
	if err := k.Verify(good, new(Claims)); err != nil {
		t.Errorf("the good token: %v", err)
	}
}

// mutate changes a token as an attacker or a bad line would.
func mutate(random *rand.Rand, token string) string {
	at, other := random.IntN(len(token)), random.IntN(len(token))
	letter := string(alphabet[random.IntN(len(alphabet))])
	switch random.IntN(8) {
	case 0: // cut
		return token[:at]
	case 1: // lengthen
		return token + letter
	case 2: // leave a letter out
		return token[:at] + token[at+1:]
	case 3: // put one in, also one that decoders like to skip
		return token[:at] + string("\n\r= +/%\x00a"[random.IntN(9)]) + token[at:]
	case 4: // swap two
		b := []byte(token)
		b[at], b[other] = b[other], b[at]
		return string(b)
	case 5: // flip a bit
		b := []byte(token)
		b[at] ^= 1 << random.IntN(8)
		return string(b)
	case 6: // repeat a part
		return token[:at] + token[min(at, other):]
	default: // another letter
		return token[:at] + letter + token[at+1:]
	}
}

func TestTokensOfOthersAreRefused(t *testing.T) {
	k := keys(t, first)
	good := string(k.Append(nil, claims()))
	raw, err := encoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	next := bytes.Clone(raw)
	next[0] = (version+1)<<4 | next[0]&15
	tests := []struct {
		sentence, token string
		want            error
	}{
		{"a token of another key", string(keys(t, second).Append(nil, claims())), ErrForged},
		{"claims without a MAC", encoding.EncodeToString(raw[:len(raw)-macSize]), ErrForged},
		{"a MAC of zeros", encoding.EncodeToString(append(bytes.Clone(raw[:len(raw)-macSize]), make([]byte, macSize)...)), ErrForged},
		{"a MAC cut short", encoding.EncodeToString(raw[:len(raw)-1]), ErrForged},
		{"a later version", encoding.EncodeToString(next), ErrMalformed},
		{"nothing", "", ErrMalformed},
		{"one letter", "E", ErrMalformed},
		{"less than a MAC", "EQMC", ErrMalformed},
		{"another alphabet", strings.Repeat("+/", 30), ErrMalformed},
		{"padding", good + "=", ErrMalformed},
		{"a line break", good[:8] + "\n" + good[8:], ErrMalformed},
		{"the longest text", strings.Repeat("E", MaxBytes), ErrForged},
		{"one letter more", strings.Repeat("E", MaxBytes+1), ErrMalformed},
		{"a book", strings.Repeat("E", 1<<20), ErrMalformed},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			if err := k.Verify(test.token, new(Claims)); !errors.Is(err, test.want) {
				t.Errorf("verify: %v, want %v", err, test.want)
			}
		})
	}
}

func TestKeysAreChangedWithoutRefusingALiveCall(t *testing.T) {
	old, between, changed, after := keys(t, first), keys(t, first, second), keys(t, second, first), keys(t, second)
	tests := []struct {
		sentence         string
		issuer, verifier *Keys
		want             error
	}{
		{"the old key before the change", old, between, nil},
		{"signed before by who knows both", between, old, nil},
		{"the old key after the change", between, changed, nil},
		{"the new key where it is still second", changed, between, nil},
		{"the new key when the old one is gone", changed, after, nil},
		{"the old key when it is gone", old, after, ErrForged},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			token := string(test.issuer.Append(nil, claims()))
			if err := test.verifier.Verify(token, new(Claims)); !errors.Is(err, test.want) {
				t.Errorf("verify: %v, want %v", err, test.want)
			}
		})
	}
}

func TestNewRefusesWeakKeys(t *testing.T) {
	for sentence, all := range map[string][][]byte{
		"no key":               nil,
		"a short key":          {first[:MinKey-1]},
		"a short second key":   {first, nil},
		"more keys than two":   {first, second, first},
		"an empty key in case": {{}},
	} {
		if _, err := New(all...); err == nil {
			t.Errorf("%s was taken", sentence)
		}
	}
}

func TestClaimsThatAreTooLongGiveNoToken(t *testing.T) {
	k := keys(t, first)
	for _, size := range []int{maxRaw - macSize - 15, maxRaw, 1 << 20} {
		got := string(k.Append([]byte("kept"), &Claims{Machine: strings.Repeat("x", size)}))
		if got != "kept" {
			t.Errorf("a key of %d bytes gives %d characters", size, len(got))
		}
	}
	longest := Claims{Machine: strings.Repeat("x", maxRaw-macSize-16), Turn: 1<<32 - 1, Verb: 1<<16 - 1}
	if err := k.Verify(string(k.Append(nil, &longest)), new(Claims)); err != nil {
		t.Errorf("the longest key: %v", err)
	}
}

func TestTokensAreMadeAndCheckedByManyAtOnce(t *testing.T) {
	k := keys(t, first, second)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 300 {
				want := Claims{Machine: callID, Flow: "f", Turn: uint32(i), Verb: uint16(worker), Event: "gather"}
				var got Claims
				if err := k.Verify(string(k.Append(nil, &want)), &got); err != nil || got != want {
					t.Errorf("%+v came back as %+v: %v", want, got, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestWarmTokensAllocateNothing(t *testing.T) {
	k := keys(t, second, first)
	c, dst := claims(), make([]byte, 0, MaxBytes)
	token := string(keys(t, first).Append(nil, c)) // checked with the second key
	turn := func() {
		dst = k.Append(dst[:0], c)
		if err := k.Verify(token, c); err != nil {
			t.Fatal(err)
		}
	}
	turn()
	if allocs := testing.AllocsPerRun(100, turn); allocs != 0 && !raceEnabled {
		t.Errorf("%v allocations, want 0", allocs)
	}
}
