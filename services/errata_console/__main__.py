"""`python -m errata_console`."""

from errata_console.main import main

if __name__ == "__main__":
    main()
