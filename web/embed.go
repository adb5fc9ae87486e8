// Package web carries the built browser files inside the program, so that a server is one file to run and needs
// neither Node nor a network for its pages. The built folders are committed; each one's sources lie beside it.
package web

import (
	"embed"
	"io/fs"
)

//go:embed demo/dist playground/dist
var built embed.FS

// Playground returns the files of the page at /playground: index.html for /playground itself, and what it loads,
// playground.js, playground.css and a font, for /playground/<name>. licenses.txt, beside them, names the packages that are built in.
func Playground() fs.FS { return folder("playground/dist") }

// Demo returns the files of the CRM at /: index.html for each of its pages, and what it loads, in assets, whose names
// have a hash of their content, and the service worker, the manifest and the icons, whose names stay.
func Demo() fs.FS { return folder("demo/dist") }

// folder is the built folder dir as a file system of its own. The paths are constants of this file, so an error is a
// mistake made here, not something that a caller could handle.
func folder(dir string) fs.FS {
	sub, err := fs.Sub(built, dir)
	if err != nil {
		panic(err)
	}
	return sub
}
