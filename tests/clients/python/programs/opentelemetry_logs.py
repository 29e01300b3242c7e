"""One handled and one unhandled error by OpenTelemetry's SDK: records of logging, over OTLP/HTTP in protobuf."""

import logging
import sys

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource

url, key = sys.argv[1:]
resource = Resource.create(
    {"service.name": "cart", "service.version": "shop@1.0.0", "deployment.environment.name": "live"}
)
provider = LoggerProvider(resource=resource)
exporter = OTLPLogExporter(f"{url}/v1/logs", headers={"x-sentry-auth": f"sentry sentry_key={key}"})
provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
log = logging.getLogger("shop")
log.addHandler(LoggingHandler(logger_provider=provider))


def charge(error):
    raise error


def order(error):
    charge(error)


def last_words(*exc_info):
    log.critical("not caught", exc_info=exc_info, extra={"user.id": "17"})
    sys.__excepthook__(*exc_info)


sys.excepthook = last_words
try:
    order(ValueError("handled by opentelemetry_logs"))
except ValueError:
    log.exception("caught", extra={"user.id": "17"})
order(RuntimeError("unhandled by opentelemetry_logs"))
