// `node page.cjs FILE URL OPTIONS` runs a page's script where there is no browser: its stack names the URL it is from, as
// a browser's does, and its unhandled errors arrive where a browser brings them.
const { readFileSync } = require("node:fs");
const { runInThisContext } = require("node:vm");

const [file, url, options] = process.argv.slice(2);
globalThis.SENTRY = JSON.parse(options);
process.on("unhandledRejection", (reason) => globalThis.onunhandledrejection({ reason }));
runInThisContext(readFileSync(file, "utf8"), { filename: url });
