// One handled and one unhandled error by @airbrake/node.
const { Notifier } = require("@airbrake/node");
const [url, key] = process.argv.slice(2);
const airbrake = new Notifier({
  projectId: 1,
  projectKey: key,
  host: url,
  environment: "live",
  remoteConfig: false,
  performanceStats: false,
});
airbrake.notify(new TypeError("handled by airbrake"));
setTimeout(() => {
  throw new RangeError("unhandled by airbrake");
}, 500);
