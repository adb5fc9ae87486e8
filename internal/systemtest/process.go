// Package systemtest runs the whole system in processes of its own, which tests kill, stop, slow down and cut off from each
// other, and asks it as clients do that have to survive that: a lost answer is a value here, and not the end of the test.
package systemtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A Process is one server, started any number of times with the same arguments. Its log is a file, which all starts append to.
type Process struct {
	Name, Log string
	Args, Env []string
	Ready     func() bool
	command   *exec.Cmd
	ended     chan struct{}
}

// startTime is how long a process may take to become ready.
const startTime = 30 * time.Second

// Start starts the process, and again while it ends at once: a Postgres that was killed leaves children for a moment.
func (p *Process) Start() error {
	deadline := time.Now().Add(startTime)
	for time.Now().Before(deadline) {
		if err := p.launch(); err != nil {
			return err
		}
		for p.Running() && time.Now().Before(deadline) {
			if p.Ready() {
				return nil
			}
			<-time.After(10 * time.Millisecond)
		}
		<-time.After(20 * time.Millisecond)
	}
	p.Kill()
	return fmt.Errorf("%s did not start within %v; its log ends with:\n%s", p.Name, startTime, p.Tail())
}

func (p *Process) launch() error {
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(p.Args[0], p.Args[1:]...)
	command.Env, command.Dir, command.Stdout, command.Stderr = p.Env, filepath.Dir(p.Log), log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is the test's to handle
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	p.command, p.ended = command, ended
	return nil
}

// Running reports whether the process runs, or is stopped.
func (p *Process) Running() bool {
	if p.command == nil {
		return false
	}
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// ID is the process id.
func (p *Process) ID() int { return p.command.Process.Pid }

// Kill ends the process as a power cut does. It returns when it has ended.
func (p *Process) Kill() {
	if p.command == nil {
		return
	}
	_ = p.command.Process.Kill()
	<-p.ended
}

// Signal sends a signal to the process, if it runs.
func (p *Process) Signal(signal os.Signal) {
	if p.command != nil {
		_ = p.command.Process.Signal(signal)
	}
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Tail returns the end of the log.
func (p *Process) Tail() string {
	log, _ := os.ReadFile(p.Log)
	return string(log[max(0, len(log)-2000):])
}
