"""One handled and one unhandled error by OpenTelemetry's SDK: exceptions on spans, over OTLP/HTTP."""

import sys

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

url, key = sys.argv[1:]
provider = TracerProvider(resource=Resource.create({"service.name": "shop", "service.version": "shop@1.0.0"}))
exporter = OTLPSpanExporter(f"{url}/v1/traces", headers={"x-sentry-auth": f"sentry sentry_key={key}"})
provider.add_span_processor(SimpleSpanProcessor(exporter))
tracer = provider.get_tracer("shop")
with tracer.start_as_current_span("order") as span:
    try:
        raise ValueError("handled by opentelemetry")
    except ValueError as error:
        span.record_exception(error)
with tracer.start_as_current_span("charge"):
    raise RuntimeError("unhandled by opentelemetry")
