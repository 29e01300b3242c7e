"""Files of the web, from origins that a project allows."""
