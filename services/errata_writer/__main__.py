"""`python -m errata_writer`."""

from errata_writer.main import main

main()
