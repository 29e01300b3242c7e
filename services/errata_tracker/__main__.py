"""`python -m errata_tracker`."""

from errata_tracker.main import main

if __name__ == "__main__":
    main()
