"""What Sentry clients send."""
