// Tandem is the realtime collaboration server of a CRM. See README.md.
package main

import (
	"os"

	"tandem/internal/server"
)

func main() { os.Exit(server.Main(os.Args[1:], os.Environ())) }
