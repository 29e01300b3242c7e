"""Project files and alert rules: their model, loading, validation and hash."""
