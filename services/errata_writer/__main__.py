"""`python -m errata_writer`."""

from errata_writer.main import main

if __name__ == "__main__":
    main()
