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
  reportData: true,
  enableUncaught: true,
  logger: { log() {}, info() {}, debug() {}, warn() {}, error() {} },
});
Honeybadger.notify(new TypeError("handled by honeybadger"));
setTimeout(() => {
  throw new RangeError("unhandled by honeybadger");
}, 500);
