"""`python -m errata_relay`."""

from errata_relay.main import main

if __name__ == "__main__":
    main()
