package main

import (
	"regexp"
	"strings"
)

// A rule finds one pattern of unidiomatic English.
type rule struct {
	pattern *regexp.Regexp
	// except, where set, is what the text from the start of a match must not begin with.
	except *regexp.Regexp
	// question reports that a sentence that ends in a question mark is fine.
	question bool
	// documents reports that the rule applies only to documents and descriptions of the schema: a comment beside the code
	// may be terser.
	documents bool
	// instead says what to write.
	instead string
}

// start is where a clause may begin; a pattern with it has a group named at.
const start = `(?:^|[.!?:;] |\) )`

var rules = []rule{
	{
		pattern: regexp.MustCompile(start + `(?P<at>(?:Who|What|Whom|Whose|Whoever|Whatever)\b)`), question: true,
		instead: `name the subject: "A client that …", "The server …", "Each setting …"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:whoever|whomever|whosoever)\b`),
		instead: `write "the person who", "a client that" or "anyone who"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\bbut for\b`),
		instead: `write "except" or "except for"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)(?:\b\w+ )?\b(?:is|are|was|were) no \w+`),
		except:  regexp.MustCompile(`(?i)^(?:there|(?:is|are|was|were|\w+ (?:is|are|was|were)) no (?:longer|more|less|fewer|better|different|worse|later|earlier|newer|older|larger|faster|slower)\b)`),
		instead: `write "is not a …"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\bso (?:many|long|often|few)\b`),
		except:  regexp.MustCompile(`(?i)^so (?:many|long|often|few)(?: \w+){0,3} (?:that|as)\b`),
		instead: `name the number or the time: "at most maxPerSecond changes", "for that time"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\bfor as long as\b`),
		instead: `write "while"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:fewer|less|lower|smaller|shorter|sooner|too (?:little|short|small|few|low)), and [^.;]*; (?:more|higher|larger|longer|later|too (?:much|long|large|many|high)), and\b`),
		instead: `say what a low value costs and what a high value costs: "A low value …. A high value …."`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:(?:is|are|was|were|be|been|being) told of|(?:hears?|heard) of|tells? (?:it|them|him) of)\b`),
		instead: `write "receives", "is notified of", "learns of" or name the call`,
	},
	{
		pattern: regexp.MustCompile(start + `(?P<at>(?i:one|those) (?:that|who|which|whose|whom)\b)`),
		instead: `repeat the noun: "A token that …", "Clients that …"`,
	},
	{
		pattern: regexp.MustCompile(`(?:^|[.;,] )(?P<at>[Ee]lse (?:it|they|the|an?|this|that|he|she|each|every|nobody|nothing|no|all|one|is|are)\b)`),
		instead: `write "otherwise"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\ball else\b`),
		instead: `write "everything else" or "anything else"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:none|nobody) of (?:its|the|their|your|our) (?:\w+ )?(?:business|concern)\b|\bin vain\b|\bto the letter\b|\bat its very\b`),
		instead: `say plainly what happens`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\bno \w+ any more\b|\b(?:is|are|was|were) not \w+ any more\b`),
		instead: `write "no longer"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:is|are|was|were|be|been|being) (?:told|asked)\b`), documents: true,
		instead: `name the call: "receives", "gets", "the server queries"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:says?|said|tells?|told) (?:so|no|yes|what|which|when|how|where|why|whether|who|nothing|of|apart)\b`), documents: true,
		instead: `write "names", "lists", "describes" or "reports"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:hears?|heard)\b(?: from)?`), documents: true,
		instead: `write "receives"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)(?:, |\band |\bor )else `), documents: true,
		instead: `write "otherwise"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:go|goes|went) on\b`), documents: true,
		instead: `write "continue"`,
	},
	{
		pattern: regexp.MustCompile(`(?i)\b(?:that|which|it) (?:is|are|was|were) none\b|\bseldom\b`), documents: true,
		instead: `write "invalid", "is not one", "rarely"`,
	},
	{
		pattern: regexp.MustCompile(`(?:^|[.;:] )(?P<at>(?:So|Nor) (?:is|are|does|do|has|have|was|were|what)\b)`), documents: true,
		instead: `write "The same holds for …", "… does not … either"`,
	},
}

// A match is one place of a text where a rule applies.
type match struct {
	at, end int
	rule    *rule
}

// find returns the matches of all rules in a text, which may be from a document.
func find(text string, document bool) []match {
	var out []match
	for i := range rules {
		r := &rules[i]
		if r.documents && !document {
			continue
		}
		for _, m := range r.pattern.FindAllStringSubmatchIndex(text, -1) {
			at, end := m[0], m[1]
			if named := r.pattern.SubexpIndex("at"); named > 0 {
				at, end = m[2*named], m[2*named+1]
			}
			if r.except != nil && r.except.MatchString(text[at:]) || r.question && isQuestion(text[at:]) {
				continue
			}
			out = append(out, match{at: at, end: end, rule: r})
		}
	}
	return out
}

// isQuestion reports whether the first sentence of a text ends in a question mark.
func isQuestion(text string) bool {
	end := strings.IndexAny(text, ".!?")
	return end >= 0 && text[end] == '?'
}
