"""Events that are browser reports or template errors: grouped by what was violated, and where."""

from typing import Any

from errata.contracts.reports import origin_of
from errata.stages.fingerprint.components import Part
from errata.stages.fingerprint.files import clean_file
from errata.stages.fingerprint.texts import text_of


def report_part(event: dict[str, Any]) -> Part | None:
    """Give the contribution of a security report, or None when the event is none."""
    csp = event.get("csp")
    if isinstance(csp, dict):
        directive = text_of(csp.get("effective_directive")) or text_of(csp.get("violated_directive")).partition(" ")[0]
        return Part("csp", [directive, origin_of(text_of(csp.get("blocked_uri")))])
    for kind in ("expectct", "expectstaple", "hpkp"):
        report = event.get(kind)
        if isinstance(report, dict):
            return Part(kind, [text_of(report.get("hostname"))])
    return None


def template_part(event: dict[str, Any]) -> Part | None:
    """Give the contribution of a template that failed, by file and source line; None when there is none."""
    template = event.get("template")
    if not isinstance(template, dict):
        return None
    file = clean_file((text_of(template.get("filename")) or text_of(template.get("abs_path")))[:1_024])
    line = text_of(template.get("context_line")).strip()[:256]
    return Part("template", [file, line]) if file or line else None
