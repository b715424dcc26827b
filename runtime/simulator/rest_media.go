package simulator

import (
	"bytes"
	"encoding/binary"
)

// A tenth of a second of telephone audio.
const (
	sampleRate  = 8000 // Hz
	sampleBytes = 2
	samples     = sampleRate / 10
)

// silence returns the audio of a recording: a tenth of a second of silence, whatever was recorded.
func silence(format string, channels int) media {
	if format == "mp3" {
		return media{"audio/mpeg", mp3()}
	}
	return media{"audio/vnd.wave", wav(uint16(channels))}
}

// wav writes linear PCM with a RIFF header.
func wav(channels uint16) []byte {
	frame := channels * sampleBytes
	size := uint32(frame) * samples
	var b bytes.Buffer
	for _, v := range []any{
		[]byte("RIFF"), 36 + size, []byte("WAVE"),
		[]byte("fmt "), uint32(16), uint16(1), channels, uint32(sampleRate), uint32(sampleRate) * uint32(frame), frame, uint16(8 * sampleBytes),
		[]byte("data"), size,
	} {
		_ = binary.Write(&b, binary.LittleEndian, v) // a buffer takes everything
	}
	return append(b.Bytes(), make([]byte, size)...)
}

// mp3 writes frames of MPEG 1 layer III, 128 kbit/s, 44.1 kHz: a header and nothing but zeros, which is silence.
func mp3() []byte {
	const frameBytes, frames = 417, 4
	frame := make([]byte, frameBytes)
	copy(frame, []byte{0xff, 0xfb, 0x90, 0xc4})
	return bytes.Repeat(frame, frames)
}
