package stack

import (
	"errors"
	"syscall"
)

// processAlive tells whether a process of this machine still runs.
func processAlive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
