package model

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A process is one server, started any number of times with the same arguments.
type process struct {
	name, log string
	args, env []string
	ready     func() bool
	command   *exec.Cmd
	ended     chan struct{}
}

// start starts the process, and again while it ends at once: a Postgres that was killed leaves children for a moment.
func (p *process) start() error {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		if err := p.launch(); err != nil {
			return err
		}
		for p.running() && time.Now().Before(deadline) {
			if p.ready() {
				return nil
			}
			<-time.After(10 * time.Millisecond)
		}
		<-time.After(20 * time.Millisecond)
	}
	p.kill()
	return fmt.Errorf("%s did not start within 30 s; its log ends with:\n%s", p.name, p.tail())
}

func (p *process) launch() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(p.args[0], p.args[1:]...)
	command.Env, command.Dir, command.Stdout, command.Stderr = p.env, filepath.Dir(p.log), log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is the test's to handle
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	p.command, p.ended = command, ended
	return nil
}

func (p *process) running() bool {
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

// kill ends the process as a power cut does.
func (p *process) kill() {
	if p.command == nil {
		return
	}
	_ = p.command.Process.Kill()
	<-p.ended
}

func (p *process) tail() string {
	log, _ := os.ReadFile(p.log)
	return string(log[max(0, len(log)-2000):])
}
