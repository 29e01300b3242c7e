// One handled and one unhandled error by OpenTelemetry's SDK: exceptions on spans, over OTLP/HTTP in JSON.
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-http");
const { BasicTracerProvider, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-base");
const [url, key] = process.argv.slice(2);
const exporter = new OTLPTraceExporter({
  url: `${url}/v1/traces`,
  headers: { "x-sentry-auth": `sentry sentry_key=${key}` },
});
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer("shop");
function record(name, error) {
  const span = tracer.startSpan(name);
  span.recordException(error);
  span.end();
}
process.on("uncaughtException", async (error) => {
  record("charge", error);
  await provider.forceFlush();
  process.exit(1);
});
record("order", new TypeError("handled by opentelemetry"));
setTimeout(() => {
  throw new RangeError("unhandled by opentelemetry");
}, 100);
