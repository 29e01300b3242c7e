"""Alert rules, pure: their model in Sentry's JSON form, sliding windows, and when a rule fires."""
