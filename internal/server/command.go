package server

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"tandem/internal/config"
)

const usage = `usage: tandem                                                    serve
       tandem token --sub ID [--org ID] [--role ROLE] …          print a token signed with AUTH_SECRET
       tandem check [--url URL]                                  check the settings, the database, Redis, NATS and the proxies
       tandem health [--ready]                                   ask the server that runs here whether it is alive, or ready
       tandem migrate                                            bring the tables of the database up to date
       tandem audit verify [--org ID] [--expect NUMBER:HASH]     check the audit trails; --expect goes with --org
       tandem --version
       tandem --help
All settings come from the environment. Each command takes --help.`

// A usageError is a mistake in the arguments of the program.
type usageError struct{ what string }

func (m usageError) Error() string { return m.what + " (tandem --help lists the commands)" }

// Execute runs the command that the arguments name, or the server if there are none.
func Execute(ctx context.Context, arguments []string, environment map[string]string, out, logs io.Writer) error {
	command := ""
	if len(arguments) > 0 {
		command = arguments[0]
	}
	switch command {
	case "":
		if len(arguments) == 0 {
			return Run(ctx, environment, out, logs)
		}
	case "-h", "-help", "--help", "help":
		printHelp(out)
		return nil
	case "-v", "-version", "--version", "version":
		fmt.Fprintln(out, "tandem", Version())
		return nil
	case "token":
		return printToken(arguments[1:], environment, out)
	case "check":
		return check(ctx, arguments[1:], environment, out)
	case "health":
		return health(ctx, arguments[1:], environment, out)
	case "migrate":
		return migrateDatabase(ctx, arguments[1:], environment, out)
	case "audit":
		switch {
		case len(arguments) > 1 && arguments[1] == "verify":
			return verifyAudit(ctx, arguments[2:], environment, out)
		case len(arguments) == 2 && asksForHelp(arguments[1]):
			return verifyAudit(ctx, arguments[1:], environment, out)
		case len(arguments) == 1:
			return usageError{"audit needs verify: tandem audit verify"}
		}
	}
	return usageError{fmt.Sprintf("%q is not a command", strings.Join(arguments, " "))}
}

// printHelp prints the commands and the settings.
func printHelp(out io.Writer) {
	fmt.Fprintf(out, "Tandem %s, the realtime collaboration server of a CRM.\n\n%s\n\nSettings:\n\n", Version(), usage)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, setting := range config.Names() {
		fmt.Fprintf(table, "  %s\t%s\n", setting.Name, setting.About)
	}
	_ = table.Flush()
	fmt.Fprintln(out, "\ndocs/operations/settings.md explains each of them.")
}

// asksForHelp reports whether an argument is one of those that print the help of a command.
func asksForHelp(argument string) bool {
	return slices.Contains([]string{"-h", "-help", "--help"}, argument)
}

// parseFlags parses the arguments of a command, which takes flags and nothing else. helped tells that
// they asked for help, which is printed: what the command does, and its flags.
func parseFlags(flags *flag.FlagSet, does string, arguments []string, out io.Writer) (helped bool, err error) {
	flags.SetOutput(io.Discard)
	switch err := flags.Parse(arguments); {
	case errors.Is(err, flag.ErrHelp):
		printFlags(flags, does, out)
		return true, nil
	case err != nil:
		return false, usageError{flagMistake(flags, err.Error())}
	case flags.NArg() > 0:
		return false, usageError{fmt.Sprintf("tandem %s does not take the argument %q; %s", flags.Name(), flags.Arg(0), flagNames(flags))}
	}
	return false, nil
}

// flagMistake explains an error of package flag.
func flagMistake(flags *flag.FlagSet, text string) string {
	if name, found := strings.CutPrefix(text, "flag provided but not defined: -"); found {
		return fmt.Sprintf("--%s is not a flag of tandem %s; %s", name, flags.Name(), flagNames(flags))
	}
	if name, found := strings.CutPrefix(text, "flag needs an argument: -"); found {
		return fmt.Sprintf("--%s needs a value: %s", name, flags.Lookup(name).Usage)
	}
	return fmt.Sprintf("%s; tandem %s: %s", text, flags.Name(), flagNames(flags))
}

func printFlags(flags *flag.FlagSet, does string, out io.Writer) {
	fmt.Fprintf(out, "tandem %s %s\n\n", flags.Name(), does)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	flags.VisitAll(func(f *flag.Flag) {
		about := f.Usage
		if f.DefValue != "" {
			about += " (" + f.DefValue + " unless set)"
		}
		fmt.Fprintf(table, "  --%s\t%s\n", f.Name, about)
	})
	_ = table.Flush()
}

func flagNames(flags *flag.FlagSet) string {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
	if len(names) == 0 {
		return "it has no flags"
	}
	return "its flags are " + strings.Join(names, ", ")
}
