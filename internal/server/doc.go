// Package server is the program: it reads the settings, opens the database and Redis, wires the parts,
// serves, and drains. Data flows one way: Run reads the settings (package config), open opens what they
// name, New wires it, and Serve runs it until it has to stop.
package server
