"""One module a command of `errata`."""
