// One handled and one unhandled error by rollbar.
const Rollbar = require("rollbar");
const [url, key] = process.argv.slice(2);
const rollbar = new Rollbar({
  accessToken: key,
  endpoint: `${url}/api/1/item/`,
  environment: "live",
  captureUncaught: true,
  exitOnUncaughtException: true,
});
rollbar.error(new TypeError("handled by rollbar"));
setTimeout(() => {
  throw new RangeError("unhandled by rollbar");
}, 500);
