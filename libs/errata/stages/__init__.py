"""The chain of stages that turns what a client sent into a scrubbed, grouped event; pure."""
