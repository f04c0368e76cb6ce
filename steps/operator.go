package steps

import (
	"context"
	"errors"
	"strings"

	"matrixstack/stack"
)

// operator signs the operator in, whom the bridges know by name: the account is made once for each stack.
func (s *scenario) operator(ctx context.Context) (*person, error) {
	made := s.run.ircOf(s.stack)
	made.account.Do(func() { made.password, made.refused = s.makeOperator(ctx) })
	if made.refused != nil {
		return nil, made.refused
	}
	operator, err := s.introduceOperator()
	if err != nil {
		return nil, err
	}
	operator.password = made.password
	return operator, s.signIn(ctx, operator, "desk")
}

// makeOperator makes the account, outliving the scenario, and returns its password.
func (s *scenario) makeOperator(ctx context.Context) (password string, err error) {
	own := newScenario(s.run)
	own.stack = s.stack
	defer func() { err = errors.Join(err, own.end(ctx)) }()
	operator, err := own.introduceOperator()
	if err != nil {
		return "", err
	}
	return operator.password, own.signUp(ctx, operator, "first desk")
}

func (s *scenario) introduceOperator() (*person, error) {
	operator, err := s.introduce("Operator", "alpha")
	if err == nil {
		operator.username = strings.TrimSuffix(strings.TrimPrefix(stack.Operator, "@"), ":"+operator.site.ServerName)
	}
	return operator, err
}
