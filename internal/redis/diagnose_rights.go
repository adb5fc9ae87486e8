package redis

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// isForbidden reports whether Redis refused a command, or a key or a channel of it, by itself or in a script.
func isForbidden(err error) bool {
	return err != nil && (goredis.HasErrorPrefix(err, "NOPERM") || strings.Contains(err.Error(), "can't run this command") || strings.Contains(err.Error(), "ACL failure in script"))
}

var (
	// refusedCommand finds the command in an answer.
	refusedCommand = regexp.MustCompile(`run the '([a-z|]+)' command`)
	// refusedLine finds the script and its line in an answer that does not name the command.
	refusedLine = regexp.MustCompile(`([0-9a-f]{40}).*@user_script: ?([0-9]+)`)
	// calledCommand finds the commands in a line of a script.
	calledCommand = regexp.MustCompile(`redis\.call\('([A-Z]+)'`)
)

// scripts are the sources of all scripts.
func scripts() []string {
	all := []string{takeLua}
	for _, own := range []string{enterLua, updateLua, renewLua, leaveLua, presentLua} {
		all = append(all, presenceLua+own)
	}
	return all
}

// missingRight names the right that an error is about.
func missingRight(err error) string {
	if found := refusedCommand.FindStringSubmatch(err.Error()); found != nil {
		return ", +" + found[1]
	}
	if rights := calledAt(err.Error()); rights != "" {
		return "," + rights
	}
	if answer, ok := errors.AsType[goredis.Error](err); ok {
		err = answer
	}
	return fmt.Sprintf(" (%s)", err)
}

// calledAt returns the rights to the commands in the line of a script that an answer names, or "".
func calledAt(answer string) (rights string) {
	found := refusedLine.FindStringSubmatch(answer)
	if found == nil {
		return ""
	}
	number, _ := strconv.Atoi(found[2]) // digits
	for _, script := range scripts() {
		lines := strings.Split(script, "\n")
		if goredis.NewScript(script).Hash() != found[1] || number < 1 || number > len(lines) {
			continue
		}
		for _, call := range calledCommand.FindAllStringSubmatch(lines[number-1], -1) {
			rights += " +" + strings.ToLower(call[1])
		}
	}
	return rights
}
