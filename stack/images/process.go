package images

import (
	"os/exec"
	"syscall"
)

// group puts a command and its children into a process group that ends with the context.
func group(command *exec.Cmd) {
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.Setpgid = true
	if command.Cancel != nil {
		command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	}
}
