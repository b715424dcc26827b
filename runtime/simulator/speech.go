package simulator

import (
	"strings"
	"time"
	"unicode"
)

// Speech estimates how long it takes to say something. The carrier's pages say nothing about it.
type Speech struct {
	WordsPerSecond float64       // 2.5 when 0
	Shortest       time.Duration // of any text; 300 ms when 0
	Audio          time.Duration // length of a PlayAudio that Lengths does not name; 10 s when 0
	Lengths        map[string]time.Duration
}

func (s Speech) complete() Speech {
	if s.WordsPerSecond <= 0 {
		s.WordsPerSecond = 2.5
	}
	if s.Shortest <= 0 {
		s.Shortest = 300 * time.Millisecond
	}
	if s.Audio <= 0 {
		s.Audio = 10 * time.Second
	}
	return s
}

// text returns how long a text takes, in whole milliseconds. Every digit is a word.
func (s *Speech) text(text string) time.Duration {
	words := 0
	for _, field := range strings.Fields(text) {
		digits, others := 0, 0
		for _, r := range field {
			if unicode.IsDigit(r) {
				digits++
			} else if unicode.IsLetter(r) {
				others = 1
			}
		}
		words += digits + others
	}
	ms := float64(words) / s.WordsPerSecond * 1000
	return max(s.Shortest, time.Duration(ms)*time.Millisecond)
}

// audio returns the length of a file.
func (s *Speech) audio(url string) time.Duration {
	if d, ok := s.Lengths[url]; ok {
		return d
	}
	return s.Audio
}
