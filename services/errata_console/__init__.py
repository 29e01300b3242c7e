"""The console: the API that `sentry-cli` and the bundler plugins built on it talk to."""
