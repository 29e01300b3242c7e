"""The consumer groups: who reads, by name; each is known to others that wait for its position."""

PROCESSOR = "processor"
TRACKER = "tracker"
WRITER = "writer"
