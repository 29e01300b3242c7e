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
airbrake.addFilter((notice) => {
  Object.assign(notice.context, { version: "shop@1.0.0", user: { id: 17 }, component: "cart" });
  return notice;
});
function charge(Kind, text) {
  throw new Kind(text);
}
function order(Kind, text) {
  charge(Kind, text);
}
try {
  order(TypeError, "handled by airbrake");
} catch (error) {
  airbrake.notify(error);
}
setTimeout(function tick() {
  order(RangeError, "unhandled by airbrake");
}, 500);
