"""`python -m errata_processor`."""

from errata_processor.main import main

# A spawned process (`watched.py`) imports this module under another name, and must not become a processor.
if __name__ == "__main__":
    main()
