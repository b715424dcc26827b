package bxml

import "slices"

// Voice is a voice of SpeakSentence.
type Voice struct {
	Name     string
	Locale   string
	Gender   string // "male" or "female"
	Enhanced bool   // the carrier charges extra
	Since    string // "2026" for voices that only the Java SDK and the pages of 2026 list
}

// Voices returns the voices in the order of the carrier's page.
func Voices() []Voice { return slices.Clone(voices) }

func voiceNames() []string {
	names := make([]string, len(voices))
	for i, v := range voices {
		names[i] = v.Name
	}
	return names
}

func locales() []string {
	var names []string
	for _, v := range voices {
		if !slices.Contains(names, v.Locale) {
			names = append(names, v.Locale)
		}
	}
	return names
}

var voices = []Voice{
	{Name: "julie", Locale: "en_US", Gender: "female"},
	{Name: "kate", Locale: "en_US", Gender: "female"},
	{Name: "susan", Locale: "en_US", Gender: "female"},
	{Name: "dave", Locale: "en_US", Gender: "male"},
	{Name: "paul", Locale: "en_US", Gender: "male"},
	{Name: "bridget", Locale: "en_UK", Gender: "female"},
	{Name: "simon", Locale: "en_UK", Gender: "male"},
	{Name: "katrin", Locale: "de", Gender: "female"},
	{Name: "stefan", Locale: "de", Gender: "male"},
	{Name: "esperanza", Locale: "es", Gender: "female"},
	{Name: "violeta", Locale: "es", Gender: "female"},
	{Name: "jorge", Locale: "es", Gender: "male"},
	{Name: "rosa", Locale: "es_MX", Gender: "female"},
	{Name: "jolie", Locale: "fr", Gender: "female"},
	{Name: "bernard", Locale: "fr", Gender: "male"},
	{Name: "paola", Locale: "it", Gender: "female"},
	{Name: "luca", Locale: "it", Gender: "male"},
	{Name: "masako", Locale: "ja", Gender: "female"},
	{Name: "kenji", Locale: "ja", Gender: "male"},
	{Name: "nadiya", Locale: "ru", Gender: "female"},
	{Name: "anatoli", Locale: "ru", Gender: "male"},
	{Name: "zeina", Locale: "arb", Gender: "female"},
	{Name: "zhiyu", Locale: "cmn-CN", Gender: "female"},
	{Name: "ruth", Locale: "en_US", Gender: "female", Enhanced: true},
	{Name: "stephen", Locale: "en_US", Gender: "male", Enhanced: true},
	{Name: "lupe", Locale: "es_US", Gender: "female", Enhanced: true},
	{Name: "pedro", Locale: "es_US", Gender: "male", Enhanced: true},
	{Name: "gabrielle", Locale: "fr_CA", Gender: "female", Enhanced: true},
	{Name: "liam", Locale: "fr_CA", Gender: "male", Enhanced: true},
	{Name: "salli", Locale: "en_US", Gender: "female", Since: "2026"},
	{Name: "salli_enh", Locale: "en_US", Gender: "female", Enhanced: true, Since: "2026"},
	{Name: "chantal", Locale: "fr_CA", Gender: "female", Since: "2026"},
	{Name: "miguel", Locale: "es_US", Gender: "male", Since: "2026"},
	{Name: "joey", Locale: "en_US", Gender: "male", Since: "2026"},
	{Name: "joey_enh", Locale: "en_US", Gender: "male", Enhanced: true, Since: "2026"},
	{Name: "penelope", Locale: "es_US", Gender: "female", Since: "2026"},
	{Name: "russell", Locale: "en_AU", Gender: "male", Since: "2026"},
	{Name: "emma", Locale: "en_GB", Gender: "female", Since: "2026"},
	{Name: "emma_enh", Locale: "en_GB", Gender: "female", Enhanced: true, Since: "2026"},
	{Name: "nicole", Locale: "en_AU", Gender: "female", Since: "2026"},
	{Name: "raveena", Locale: "en_IN", Gender: "female", Since: "2026"},
	{Name: "mads", Locale: "da_DK", Gender: "male", Since: "2026"},
	{Name: "justin", Locale: "en_US", Gender: "male", Since: "2026"},
	{Name: "ivy", Locale: "en_US", Gender: "female", Since: "2026"},
	{Name: "ivy_enh", Locale: "en_US", Gender: "female", Enhanced: true, Since: "2026"},
	{Name: "carmen", Locale: "ro_RO", Gender: "female", Since: "2026"},
	{Name: "naja", Locale: "da_DK", Gender: "female", Since: "2026"},
	{Name: "ruben", Locale: "nl_NL", Gender: "female", Since: "2026"},
	{Name: "geraint", Locale: "en_GB_WLS", Gender: "male", Since: "2026"},
}
