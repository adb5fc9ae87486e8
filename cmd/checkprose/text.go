package main

import (
	"go/scanner"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A passage is text that belongs together: a comment, a string, a paragraph or the cell of a table.
type passage struct {
	text   string
	starts []origin
}

// A origin says on which line of the file the text from an offset on stands.
type origin struct{ offset, line int }

// line returns the line of the file that has the text at an offset.
func (p passage) line(offset int) int {
	line := 0
	for _, s := range p.starts {
		if s.offset <= offset {
			line = s.line
		}
	}
	return line
}

// add appends a line of the file to the passage.
func (p *passage) add(text string, line int) {
	text = strings.Join(strings.Fields(text), " ")
	if p.text != "" {
		p.text += " "
	}
	p.starts = append(p.starts, origin{len(p.text), line})
	p.text += text
}

// code is what stands in backticks.
var code = regexp.MustCompile("`[^`]*`")

func withoutCode(text string) string { return code.ReplaceAllString(text, "X") }

// readerOf returns what finds the passages of a file; nil if the file has no prose of ours.
func readerOf(file string) func([]byte) []passage {
	switch {
	case strings.HasPrefix(file, "graph/"), strings.HasPrefix(file, "web/playground/dist/"), file == "LICENSE":
		return nil
	case strings.HasPrefix(file, "cmd/checkprose/"): // it quotes what it looks for
		return nil
	case strings.Contains(file, "/migrations/"): // released migrations never change
		return nil
	}
	switch path.Ext(file) {
	case ".go":
		return goPassages
	case ".md":
		return markdownPassages
	case ".graphqls":
		return schemaPassages
	case ".sql":
		return commentsAfter("--")
	case ".ts", ".tsx", ".js", ".mjs", ".css":
		return commentsAfter("//", "/**", "/*", "*")
	case ".yaml", ".yml", ".conf", ".sh":
		return commentsAfter("#")
	case "":
		return commentsAfter("#") // scripts, Makefile, Dockerfile
	}
	return nil
}

// isDocument reports whether a file is a document or the schema, rather than code with comments.
func isDocument(file string) bool { return path.Ext(file) == ".md" || path.Ext(file) == ".graphqls" }

// goPassages returns comments and strings of Go.
func goPassages(content []byte) []passage {
	var out []passage
	var s scanner.Scanner
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(content))
	s.Init(file, content, nil, scanner.ScanComments)
	last := -1 // the line on which the comment before ended
	for {
		pos, tok, text := s.Scan()
		line := file.Line(pos)
		switch tok {
		case token.EOF:
			return out
		case token.COMMENT:
			if line != last+1 || len(out) == 0 {
				out = append(out, passage{})
			}
			for i, one := range strings.Split(text, "\n") {
				one = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(one, "//"), "/*"), "*/"))
				if one == "" {
					out = append(out, passage{})
				} else {
					out[len(out)-1].add(withoutCode(one), line+i)
				}
				last = line + i
			}
		case token.STRING:
			if value, err := strconv.Unquote(text); err == nil && strings.Contains(value, " ") {
				p := passage{}
				for i, one := range strings.Split(value, "\n") {
					p.add(one, line+i)
				}
				out = append(out, p)
			}
			last = -1
		case token.SEMICOLON: // the scanner adds it at the end of a line
		default:
			last = -1
		}
	}
}

// An item begins a paragraph of its own in Markdown.
var item = regexp.MustCompile(`^\s*(?:[-*] |\d+\. |> )(?:\d+\.\d+ )?`)

// markdownPassages returns paragraphs, items and cells of Markdown, without code and headings.
func markdownPassages(content []byte) []passage {
	var out []passage
	fenced, open := false, false
	for i, line := range strings.Split(string(content), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			fenced, open = !fenced, false
		case fenced:
		case trimmed == "", strings.HasPrefix(trimmed, "#"):
			open = false
		case strings.HasPrefix(trimmed, "|"):
			open = false
			for _, cell := range strings.Split(strings.Trim(withoutCode(trimmed), "|"), "|") {
				p := passage{}
				p.add(cell, i+1)
				out = append(out, p)
			}
		default:
			if mark := item.FindString(line); mark != "" || !open {
				out, open, line = append(out, passage{}), true, line[len(mark):]
			}
			out[len(out)-1].add(withoutCode(line), i+1)
		}
	}
	return out
}

// schemaPassages returns descriptions and comments of a schema.
func schemaPassages(content []byte) []passage {
	var out []passage
	inside, open := false, false
	for i, line := range strings.Split(string(content), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.Count(trimmed, `"""`) == 2 {
			p := passage{}
			p.add(withoutCode(strings.Trim(trimmed, `"`)), i+1)
			out = append(out, p)
			continue
		}
		if strings.HasPrefix(trimmed, `"""`) {
			inside, open = !inside, false
			trimmed = strings.Trim(trimmed, `"`)
		}
		comment, isComment := strings.CutPrefix(trimmed, "#")
		single := !inside && strings.HasPrefix(trimmed, `"`)
		if trimmed == "" || !inside && !isComment && !single {
			open = false
			continue
		}
		if !open || single {
			out, open = append(out, passage{}), true
		}
		out[len(out)-1].add(withoutCode(strings.Trim(comment, `"`)), i+1)
	}
	return out
}

// commentsAfter returns what finds lines that begin with one of the marks; neighbours belong together.
func commentsAfter(marks ...string) func([]byte) []passage {
	return func(content []byte) []passage {
		var out []passage
		open := false
		for i, line := range strings.Split(string(content), "\n") {
			text, found := strings.TrimSpace(line), false
			for _, mark := range marks {
				if text, found = strings.CutPrefix(text, mark); found {
					break
				}
			}
			if text = strings.TrimSpace(strings.TrimSuffix(text, "*/")); !found || text == "" || strings.HasPrefix(line, "#!") {
				open = false
				continue
			}
			if !open {
				out, open = append(out, passage{}), true
			}
			out[len(out)-1].add(withoutCode(text), i+1)
		}
		return out
	}
}
