"""`errata config`: check the configuration files."""

from pathlib import Path

from cyclopts import App

from errata.alerts.rules import compile_rules
from errata.config.loading import load_config
from errata.runtime.settings import CommonSettings, load

app = App(name="config", help="Check the configuration files.")


@app.command
def check(folder: Path | None = None) -> int:
    """Read the whole configuration as a service would; ends with 1 and the line of the first mistake.

    Example: `errata config check .errata/config`

    Parameters
    ----------
    folder
        The folder of the configuration; without it ERRATA_CONFIG, or that of the running stack.

    """
    try:
        config = load_config(folder or load(CommonSettings).config)
        for project, rules in config.alert_rules.items():
            compile_rules(rules, config.projects[project].slug)
    except ValueError as error:  # ConfigError is one, too
        print(error)
        return 1
    count = sum(map(len, config.alert_rules.values()))
    print(f"ok: {len(config.projects)} projects, {len(config.keys)} keys, {count} alert rules, hash {config.hash}")
    return 0
