"""The relay: admits what clients send and puts it, untouched, on Kafka."""
