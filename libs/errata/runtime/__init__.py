"""What every service needs to run: settings, logging, metrics, health, signals."""
