"""`python -m errata_chdb`."""

from errata_chdb.main import main

if __name__ == "__main__":
    main()
