package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

const usage = `usage: tandem                                                    serve
       tandem token --sub ID --org ID [--role ROLE] …            print a token signed with AUTH_SECRET
       tandem audit verify [--org ID] [--expect NUMBER:HASH]     check the audit trails; --expect goes with --org
       tandem --version
       tandem --help
All settings come from the environment.`

// statusUsage is the exit status for arguments that the program does not know.
const statusUsage = 2

// A misuse is a mistake in the arguments of the program.
type misuse struct{ what string }

func (m misuse) Error() string { return m.what + "\n" + usage }

// execute runs the command that the arguments name, or the server if there are none.
func execute(ctx context.Context, arguments []string, environment map[string]string, out, logs io.Writer) error {
	command := ""
	if len(arguments) > 0 {
		command = arguments[0]
	}
	switch command {
	case "":
		if len(arguments) == 0 {
			return run(ctx, environment, out, logs)
		}
	case "-h", "-help", "--help", "help":
		printHelp(out)
		return nil
	case "-version", "--version", "version":
		fmt.Fprintln(out, "tandem", programVersion())
		return nil
	case "token":
		return printToken(arguments[1:], environment, out)
	case "audit":
		if len(arguments) > 1 && arguments[1] == "verify" {
			return verifyAudit(ctx, arguments[2:], environment, out)
		}
	}
	return misuse{fmt.Sprintf("%q is not a command", strings.Join(arguments, " "))}
}

// printHelp prints the commands and the settings.
func printHelp(out io.Writer) {
	fmt.Fprintf(out, "Tandem %s, the realtime collaboration server of a CRM.\n\n%s\n\nSettings:\n\n", programVersion(), usage)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, setting := range settingNames() {
		fmt.Fprintf(table, "  %s\t%s\n", setting.name, setting.about)
	}
	_ = table.Flush()
	fmt.Fprintln(out, "\ndocs/operations.md explains each of them.")
}

// parseFlags parses the arguments of a command, which takes flags and nothing else.
func parseFlags(flags *flag.FlagSet, arguments []string) error {
	flags.SetOutput(io.Discard)
	switch err := flags.Parse(arguments); {
	case errors.Is(err, flag.ErrHelp):
		return misuse{"the flags of " + flags.Name() + " are " + flagNames(flags)}
	case err != nil:
		return misuse{err.Error() + "; the flags of " + flags.Name() + " are " + flagNames(flags)}
	case flags.NArg() > 0:
		return misuse{fmt.Sprintf("%s does not take the argument %q; its flags are %s", flags.Name(), flags.Arg(0), flagNames(flags))}
	}
	return nil
}

func flagNames(flags *flag.FlagSet) string {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
	return strings.Join(names, ", ")
}
