"""Redis: connections and the Lua scripts that change state atomically."""
