"""`python -m errata_chdb`."""

from errata_chdb.main import main

main()
