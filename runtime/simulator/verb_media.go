package simulator

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// mediaVerbs are the verbs that the party hears.
func mediaVerbs() map[string]starter {
	return map[string]starter{
		"SpeakSentence": answering(play),
		"PlayAudio":     answering(play),
		"Pause":         answering(pause),
		"Ring":          ring,
		"SendDtmf":      answering(sendDtmf),
	}
}

// idle is a verb that only waits for its timer.
type idle struct{}

func (idle) cancel(reason) {}

// play is SpeakSentence and PlayAudio.
func play(x *execution) verb {
	lasts, ok := x.prompt(x.element)
	if !ok {
		return nil
	}
	x.after(lasts, x.done)
	return idle{}
}

// prompt begins to speak or play an element, the verb's own or a nested one, and returns how long it takes. It reports false
// when the call failed by it.
func (x *execution) prompt(e *bxml.Element) (time.Duration, bool) {
	speech := &x.leg.c.cfg.Speech
	if e.Name == "SpeakSentence" {
		text := bxml.Spoken(e)
		lasts := speech.text(text)
		x.leg.plays(Event{Kind: Spoken, Text: text, Voice: voice(e)}, lasts)
		return lasts, true
	}
	u := x.resolve(e.Text)
	if u == nil {
		x.fail(causeApp, "the url "+e.Text+" cannot be resolved")
		return 0, false
	}
	if ext := strings.ToLower(path.Ext(u.Path)); slices.Contains(unsupported, ext) {
		x.fail(causeApp, "the media type "+ext+" is not supported")
		return 0, false
	}
	lasts := speech.audio(u.String())
	x.leg.plays(Event{Kind: Played, URL: u.String()}, lasts)
	return lasts, true
}

// unsupported are extensions of audio that the carrier does not play. What has none, or an unknown one, is taken for wav, as the
// page of PlayAudio says; nothing is fetched here.
var unsupported = []string{".ogg", ".oga", ".opus", ".flac", ".m4a", ".aac", ".wma", ".aiff", ".aif", ".amr", ".webm", ".mp4"}

// voice returns who speaks: the voice, or gender and locale.
func voice(e *bxml.Element) string {
	if v, ok := e.Attr("voice"); ok {
		return v
	}
	gender, _ := e.Attr("gender")
	locale, _ := e.Attr("locale")
	return strings.TrimSpace(gender + " " + locale)
}

func pause(x *execution) verb {
	x.after(x.seconds("duration"), x.done)
	return idle{}
}

// ring plays a ringing tone. With answerCall="false" an inbound call that is not answered stays so.
func ring(x *execution) verb {
	if x.flag("answerCall") {
		x.leg.answer()
	}
	return pause(x)
}

// sendDtmf plays tones to the party. A pause stands in place of the interval.
func sendDtmf(x *execution) verb {
	tone, interval := x.milliseconds("toneDuration"), x.milliseconds("toneInterval")
	lasts := time.Duration(0)
	keys := strings.TrimSpace(x.element.Text)
	for i := range len(keys) {
		switch keys[i] {
		case ',', 'w':
			lasts += 500 * time.Millisecond
		case 'W':
			lasts += time.Second
		default:
			lasts += tone
			if i+1 < len(keys) && !strings.ContainsRune(",wW", rune(keys[i+1])) {
				lasts += interval
			}
		}
	}
	x.leg.plays(Event{Kind: Played, URL: "dtmf " + keys}, lasts)
	x.after(lasts, x.done)
	return idle{}
}
