// One handled and one unhandled error by @sentry/node.
const Sentry = require("@sentry/node");
const [url, key] = process.argv.slice(2);
Sentry.init({ dsn: url.replace("://", `://${key}@`) + "/1", release: "shop@1.0.0", environment: "live" });
Sentry.captureException(new TypeError("handled by sentry"));
setTimeout(() => {
  throw new RangeError("unhandled by sentry");
}, 100);
