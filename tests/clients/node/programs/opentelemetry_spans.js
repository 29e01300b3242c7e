// One handled and one unhandled error by OpenTelemetry's SDK: exceptions on spans, over OTLP/HTTP in JSON.
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-http");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const { BasicTracerProvider, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-base");
const [url, key] = process.argv.slice(2);
const exporter = new OTLPTraceExporter({
  url: `${url}/v1/traces`,
  headers: { "x-sentry-auth": `sentry sentry_key=${key}` },
});
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({
    "service.name": "cart",
    "service.version": "shop@1.0.0",
    "deployment.environment.name": "live",
    "telemetry.sdk.language": "nodejs",
  }),
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});
const tracer = provider.getTracer("shop");
function record(name, error) {
  const span = tracer.startSpan(name, { attributes: { "user.id": "17" } });
  span.recordException(error);
  span.end();
}
function charge(Kind, text) {
  throw new Kind(text);
}
function order(Kind, text) {
  charge(Kind, text);
}
process.on("uncaughtException", async (error) => {
  record("charge", error);
  await provider.shutdown();
  process.exit(1);
});
try {
  order(TypeError, "handled by opentelemetry_spans");
} catch (error) {
  record("order", error);
}
setTimeout(function tick() {
  order(RangeError, "unhandled by opentelemetry_spans");
}, 100);
