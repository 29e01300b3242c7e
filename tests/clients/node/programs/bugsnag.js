// One handled and one unhandled error by @bugsnag/js.
const Bugsnag = require("@bugsnag/js");
const [url, key] = process.argv.slice(2);
Bugsnag.start({
  apiKey: key,
  appVersion: "shop@1.0.0",
  releaseStage: "live",
  endpoints: { notify: `${url}/notify`, sessions: `${url}/sessions` },
  featureFlags: [{ name: "area", variant: "cart" }],
  user: { id: "17" },
  logger: null,
});
function charge(Kind, text) {
  throw new Kind(text);
}
function order(Kind, text) {
  charge(Kind, text);
}
try {
  order(TypeError, "handled by bugsnag");
} catch (error) {
  Bugsnag.notify(error);
}
setTimeout(function tick() {
  order(RangeError, "unhandled by bugsnag");
}, 500);
