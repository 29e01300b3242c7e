// One handled and one unhandled error by @sentry/node.
const Sentry = require("@sentry/node");
const [url, key] = process.argv.slice(2);
Sentry.init({ dsn: url.replace("://", `://${key}@`) + "/1", release: "shop@1.0.0", environment: "live" });
Sentry.setUser({ id: 17 });
Sentry.setTag("area", "cart");
function charge(Kind, text) {
  throw new Kind(text);
}
function order(Kind, text) {
  charge(Kind, text);
}
try {
  order(TypeError, "handled by sentry");
} catch (error) {
  Sentry.captureException(error);
}
setTimeout(function tick() {
  order(RangeError, "unhandled by sentry");
}, 100);
