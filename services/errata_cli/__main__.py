"""`python -m errata_cli` is `errata`."""

from errata_cli.main import main

main()
