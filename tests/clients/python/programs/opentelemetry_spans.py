"""One handled and one unhandled error by OpenTelemetry's SDK: exceptions on spans, over OTLP/HTTP in protobuf."""

import sys

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

url, key = sys.argv[1:]
resource = Resource.create(
    {"service.name": "cart", "service.version": "shop@1.0.0", "deployment.environment.name": "live"}
)
provider = TracerProvider(resource=resource)
exporter = OTLPSpanExporter(f"{url}/v1/traces", headers={"x-sentry-auth": f"sentry sentry_key={key}"})
provider.add_span_processor(SimpleSpanProcessor(exporter))
tracer = provider.get_tracer("shop")


def charge(error):
    raise error


def order(error):
    charge(error)


with tracer.start_as_current_span("order", attributes={"user.id": "17"}) as span:
    try:
        order(ValueError("handled by opentelemetry_spans"))
    except ValueError as error:
        span.record_exception(error)
with tracer.start_as_current_span("charge", attributes={"user.id": "17"}):
    order(RuntimeError("unhandled by opentelemetry_spans"))
