"""`python -m errata_cli` is `errata`."""

from errata_cli.main import main

if __name__ == "__main__":
    main()
