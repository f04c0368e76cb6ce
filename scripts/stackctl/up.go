package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"matrixstack/stack"
	"matrixstack/steps"
)

// newUpCommand boots the stack and leaves it running.
func newUpCommand() *cobra.Command {
	var httpPort, httpsPort int
	var open bool
	var with []string
	command := &cobra.Command{
		Use: "up", Short: "boot the stack and leave it running, with accounts to look around with",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ports := map[string]int{"80/tcp": httpPort, "443/tcp": httpsPort}
			resolver, engine, err := connect(cmd.Context(), false)
			if err != nil {
				return err
			}
			if err := errors.Join(free("--http-port", httpPort), free("--https-port", httpsPort)); err != nil {
				return errors.Join(err, upAlready(cmd.Context(), engine))
			}
			up, err := steps.Up(cmd.Context(), steps.Options{
				Engine: engine, Resolver: resolver, Seeds: resolver.Store.Seeds(), Out: cmd.OutOrStdout(),
				Fixed: map[string]map[string]int{"traefik": ports},
			}, with)
			if err != nil {
				return err
			}
			authority := filepath.Join("build", "ca.crt")
			if err := errors.Join(os.MkdirAll("build", 0o755), os.WriteFile(authority, up.AuthorityPEM(), 0o644)); err != nil {
				return fmt.Errorf("write the test authority: %w", err)
			}
			if err := up.Describe(cmd.Context(), cmd.OutOrStdout(), authority); err != nil || !open {
				return err
			}
			return up.Open(cmd.Context())
		},
	}
	flags := command.Flags()
	flags.IntVar(&httpPort, "http-port", 80, "port of this machine for plain HTTP; 0 takes any")
	flags.IntVar(&httpsPort, "https-port", 443, "port of this machine for HTTPS; names in /etc/hosts need 443; 0 takes any")
	flags.BoolVar(&open, "open", isOn("OPEN"), "open it in a browser (OPEN=1)")
	flags.StringSliceVar(&with, "with", []string{"coturn", "livekit", "lk-jwt", "mailpit"}, "servers to start that only some need")
	return command
}

// upAlready says that it is a stack of one's own that stands in the way.
func upAlready(ctx context.Context, engine *stack.Engine) error {
	servers, err := stack.Left(ctx, engine, "traefik")
	if err != nil || len(servers) == 0 {
		return nil // then it is somebody else
	}
	return fmt.Errorf("a stack is up already, %s; make down removes it", strings.ToLower(servers[0].State))
}

// free refuses a port that something on this machine answers at.
func free(flag string, port int) error {
	if port < 0 || port > 65535 {
		return usageError{fmt.Errorf("read %s: %d is no port; ports go to 65535, and 0 takes any", flag, port)}
	}
	if port == 0 {
		return nil
	}
	taken, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if err != nil {
		return nil // nobody is there; whether the engine may listen there it says itself
	}
	return errors.Join(fmt.Errorf("boot the stack: something listens at port %d already; stop it, or choose another port: build/stackctl up %s 0 takes any", port, flag), taken.Close())
}
