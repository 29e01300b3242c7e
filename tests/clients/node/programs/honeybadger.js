// One handled and one unhandled error by @honeybadger-io/js, whose server client ignores the port of its endpoint.
// Until it does not, the program sends what it asks Node's HTTP client to send to the port that was meant.
const http = require("http");
const [url, key] = process.argv.slice(2);
const request = http.request;
http.request = (options, ...rest) => request({ ...options, port: new URL(url).port }, ...rest);
const Honeybadger = require("@honeybadger-io/js");
Honeybadger.configure({
  apiKey: key,
  endpoint: url,
  environment: "live",
  revision: "shop@1.0.0",
  tags: ["cart"],
  reportData: true,
  enableUncaught: true,
  logger: { log() {}, info() {}, debug() {}, warn() {}, error() {} },
});
Honeybadger.setContext({ user_id: 17 });
function charge(Kind, text) {
  throw new Kind(text);
}
function order(Kind, text) {
  charge(Kind, text);
}
try {
  order(TypeError, "handled by honeybadger");
} catch (error) {
  Honeybadger.notify(error);
}
setTimeout(function tick() {
  order(RangeError, "unhandled by honeybadger");
}, 500);
