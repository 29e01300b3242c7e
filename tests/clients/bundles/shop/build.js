// `node build.js webpack node dist/shop.cjs` builds the shop for a server, minified and with a source map; `browser`, for
// a page. Options of esbuild's own may follow as JSON.
import { sentryWebpackPlugin } from "@sentry/bundler-plugins/webpack";
import { sentryEsbuildPlugin } from "@sentry/esbuild-plugin";
import { build as esbuild } from "esbuild";
import { basename, dirname, resolve } from "node:path";
import { build as vite } from "vite";
import webpack from "webpack";

const [bundler, target, output, options = "{}"] = process.argv.slice(2);
const server = target === "node";
const input = resolve(`src/${target}.js`);
const file = resolve(output);
// A server's packages lie beside it; a page's are part of its bundle.
const external = server ? ["@sentry/node"] : [];
// Where to upload, whose and for which release the plugins know from the environment.
const uploading = Boolean(process.env.SENTRY_AUTH_TOKEN);

const bundlers = {
  async esbuild() {
    await esbuild({
      entryPoints: [input],
      outfile: file,
      bundle: true,
      minify: true,
      sourcemap: true,
      format: server ? "cjs" : "iife",
      platform: server ? "node" : "browser",
      external,
      plugins: uploading ? [sentryEsbuildPlugin({ telemetry: false })] : [],
      ...JSON.parse(options),
    });
  },

  async vite() {
    await vite({
      logLevel: "error",
      build: {
        outDir: dirname(file),
        minify: true,
        sourcemap: true,
        ssr: server,
        rolldownOptions: { input, external, output: { entryFileNames: basename(file) } },
      },
    });
  },

  webpack() {
    const compiler = webpack({
      mode: "production",
      devtool: "source-map",
      target: server ? "node" : "web",
      entry: input,
      externals: external.map((name) => ({ [name]: `commonjs ${name}` })),
      plugins: uploading ? [sentryWebpackPlugin({ telemetry: false })] : [],
      output: { path: dirname(file), filename: basename(file) },
    });
    return new Promise((done, fail) =>
      compiler.run((error, stats) =>
        error || stats.hasErrors() ? fail(error ?? new Error(stats.toString())) : done(),
      ),
    );
  },
};

await bundlers[bundler]();
