// One handled and one unhandled error by rollbar.
const Rollbar = require("rollbar");
const [url, key] = process.argv.slice(2);
const rollbar = new Rollbar({
  accessToken: key,
  endpoint: `${url}/api/1/item/`,
  environment: "live",
  codeVersion: "shop@1.0.0",
  payload: { person: { id: 17 } },
  captureUncaught: true,
  exitOnUncaughtException: true,
});
function charge(Kind, text) {
  throw new Kind(text);
}
function order(Kind, text) {
  charge(Kind, text);
}
try {
  order(TypeError, "handled by rollbar");
} catch (error) {
  rollbar.warning(error);
}
setTimeout(function tick() {
  order(RangeError, "unhandled by rollbar");
}, 500);
