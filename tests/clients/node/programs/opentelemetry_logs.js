// One handled and one unhandled error by OpenTelemetry's SDK: log records, over OTLP/HTTP in JSON.
const { SeverityNumber } = require("@opentelemetry/api-logs");
const { OTLPLogExporter } = require("@opentelemetry/exporter-logs-otlp-http");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const { LoggerProvider, SimpleLogRecordProcessor } = require("@opentelemetry/sdk-logs");
const [url, key] = process.argv.slice(2);
const exporter = new OTLPLogExporter({
  url: `${url}/v1/logs`,
  headers: { "x-sentry-auth": `sentry sentry_key=${key}` },
});
const provider = new LoggerProvider({
  resource: resourceFromAttributes({
    "service.name": "cart",
    "service.version": "shop@1.0.0",
    "deployment.environment.name": "live",
    "telemetry.sdk.language": "nodejs",
  }),
  processors: [new SimpleLogRecordProcessor({ exporter })],
});
const logger = provider.getLogger("shop");
function record(severityNumber, body, error) {
  logger.emit({
    severityNumber,
    body,
    attributes: {
      "user.id": "17",
      "exception.type": error.name,
      "exception.message": error.message,
      "exception.stacktrace": error.stack,
    },
  });
}
function charge(Kind, text) {
  throw new Kind(text);
}
function order(Kind, text) {
  charge(Kind, text);
}
process.on("uncaughtException", async (error) => {
  record(SeverityNumber.FATAL, "not caught", error);
  await provider.shutdown();
  process.exit(1);
});
try {
  order(TypeError, "handled by opentelemetry_logs");
} catch (error) {
  record(SeverityNumber.ERROR, "caught", error);
}
setTimeout(function tick() {
  order(RangeError, "unhandled by opentelemetry_logs");
}, 100);
