"""The rules of issues: state machine, release order, regression verdicts; pure."""
