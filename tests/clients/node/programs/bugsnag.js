// One handled and one unhandled error by @bugsnag/js.
const Bugsnag = require("@bugsnag/js");
const [url, key] = process.argv.slice(2);
Bugsnag.start({
  apiKey: key,
  appVersion: "shop@1.0.0",
  releaseStage: "live",
  endpoints: { notify: `${url}/notify`, sessions: `${url}/sessions` },
  logger: null,
});
Bugsnag.notify(new TypeError("handled by bugsnag"));
setTimeout(() => {
  throw new RangeError("unhandled by bugsnag");
}, 500);
