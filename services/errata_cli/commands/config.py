"""`errata config`: check the configuration files."""

from pathlib import Path

from cyclopts import App

from errata.config.loading import ConfigError, load_config
from errata.runtime.settings import CommonSettings, load

app = App(name="config", help="Check the configuration files.")


@app.command
def check(folder: Path | None = None) -> int:
    """Read the whole configuration as a service would; ends with 1 and the line of the first mistake.

    Parameters
    ----------
    folder
        Of the configuration; ERRATA_CONFIG, or that of the running stack, when not given.

    """
    try:
        config = load_config(folder or load(CommonSettings).config)
    except ConfigError as error:
        print(error)
        return 1
    rules = sum(map(len, config.alert_rules.values()))
    print(f"ok: {len(config.projects)} projects, {len(config.keys)} keys, {rules} alert rules, hash {config.hash}")
    return 0
