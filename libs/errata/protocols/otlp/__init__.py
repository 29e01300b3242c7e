"""OpenTelemetry's OTLP over HTTP, protobuf and JSON: exceptions on spans, and log records of errors.

`splitting` is for the relay: it finds the errors in a request and makes each an item, a small request of its own with
the bytes of one record, its scope and its resource. So an error that comes both as a log record and on a span can be
known by its id, and megabytes of spans without errors never reach Kafka. `events` converts, in the processor.
"""
