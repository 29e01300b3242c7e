"""Credentials that say by their own form what they are: tokens with a vendor's prefix, key blocks, auth headers.

The formats are those that vendors publish so that leaked tokens can be found.
"""

import re
from collections.abc import Iterator

from errata.stages.scrub.finders import Span, regex

FORMATS: tuple[tuple[str, bytes], ...] = (
    ("aws", rb"(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AIPA|ANPA|ANVA|AROA|APKA)[A-Z2-7]{16}"),
    ("anthropic", rb"sk-ant-[0-9A-Za-z_-]{16,}"),
    ("openai", rb"sk-(?:proj|svcacct|admin)-[0-9A-Za-z_-]{16,}|sk-[0-9A-Za-z]{32,}"),
    ("azure", rb"[0-9A-Za-z_~.-]{3}[78]Q~[0-9A-Za-z_~.-]{31,34}|(?:AccountKey|SharedAccessKey)=[0-9A-Za-z+/]{40,}={0,2}"),
    ("azure-sas", rb"[?&;]sig=[0-9A-Za-z%+/=_-]{20,}"),
    ("databricks", rb"dapi[0-9a-f]{32}"),
    ("digitalocean", rb"do[opr]_v1_[0-9a-f]{64}"),
    ("discord", rb"[MNO][0-9A-Za-z_-]{23,27}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,40}"),
    ("docker", rb"dckr_(?:pat|oat)_[0-9A-Za-z_-]{20,}"),
    ("facebook", rb"EAA[0-9A-Za-z]{80,}"),
    ("figma", rb"fig[dou]_[0-9A-Za-z_-]{30,}"),
    ("github", rb"(?:gh[opusr]_[0-9A-Za-z]{30,}|github_pat_[0-9A-Za-z_]{36,})"),
    ("gitlab", rb"gl(?:pat|ptt|dt|rt|cbt|oas|soat|ft|agent|imt|ffct)-[0-9A-Za-z_.-]{16,}|GR1348941[0-9A-Za-z_-]{20}"),
    ("google", rb"AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,}|GOCSPX-[0-9A-Za-z_-]{20,}|1//0[0-9A-Za-z_-]{30,}"),
    ("grafana", rb"glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}|glc_[0-9A-Za-z+/]{32,}={0,2}"),
    ("hashicorp", rb"hv[sbr]\.[0-9A-Za-z_-]{24,}|[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,}"),
    ("heroku", rb"HRKU-[0-9A-Za-z_-]{36,}"),
    ("huggingface", rb"(?:hf|api_org)_[0-9A-Za-z]{30,}"),
    ("jwt", rb"ey[0-9A-Za-z_-]{8,}\.ey[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*)?|ey[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+){3}"),
    ("linear", rb"lin_(?:api|oauth)_[0-9A-Za-z]{32,}"),
    ("mailchimp", rb"[0-9a-f]{32}-us[0-9]{1,2}"),
    ("mailgun", rb"key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"),
    ("newrelic", rb"NR(?:AK|JS|II|BR|RA)-[0-9A-Za-z_-]{19,}|[0-9a-f]{36}NRAL"),
    ("notion", rb"ntn_[0-9A-Za-z]{40,}|secret_[0-9A-Za-z]{40,}"),
    ("npm", rb"npm_[0-9A-Za-z]{30,}"),
    ("okta", rb"SSWS\s{1,4}00[0-9A-Za-z_-]{40}"),
    ("planetscale", rb"pscale_(?:tkn|oauth|pw)_[0-9A-Za-z_.-]{32,}"),
    ("postman", rb"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("pulumi", rb"pul-[0-9a-f]{40}"),
    ("pypi", rb"pypi-[0-9A-Za-z_-]{32,}"),
    ("rubygems", rb"rubygems_[0-9a-f]{48}"),
    ("sendgrid", rb"SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}"),
    ("sendinblue", rb"xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}"),
    ("sentry", rb"sntry[su]_[0-9A-Za-z_=+/-]{20,}"),
    ("shopify", rb"shp(?:at|ca|pa|ss|ka)_[0-9A-Za-z]{32}"),
    ("slack", rb"xox[a-z]?-[0-9A-Za-z.-]{10,}|xox[a-z]\.xox[a-z]-[0-9A-Za-z-]{10,}|xapp-[0-9]-[0-9A-Za-z-]{10,}|hooks\.slack\.com/(?:services|workflows|triggers)/[0-9A-Za-z/_+-]{20,}"),
    ("discord-webhook", rb"discord(?:app)?\.com/api/webhooks/[0-9]{6,}/[0-9A-Za-z_-]{20,}"),
    ("square", rb"sq0[a-z]{3}-[0-9A-Za-z_-]{22,}|EAAA[0-9A-Za-z_-]{56,}"),
    ("stripe", rb"(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{10,}|whsec_[0-9A-Za-z+/=]{24,}"),
    ("supabase", rb"sbp_[0-9a-f]{40}|sb_secret_[0-9A-Za-z_-]{20,}"),
    ("telegram", rb"[0-9]{8,10}:AA[0-9A-Za-z_-]{32,34}"),
    ("twilio", rb"SK[0-9a-f]{32}|AC[0-9a-f]{32}"),
    ("vercel", rb"vc[pikra]_[0-9A-Za-z]{24,}"),
    ("age", rb"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
)  # fmt: skip
"""By vendor. A JWT of five parts is encrypted (JWE)."""

# What stands right before must not belong to the token: `task-...` holds no `sk-...`. In JSON bytes an escape's letter
# may stand there, so the gate goes without this.
# Counts are cut down for it too: they make its automaton large, and it only has to miss nothing.
_ALL = b"|".join(pattern for _, pattern in FORMATS)
HINT = re.sub(rb"\{([0-9]{2,})[0-9,]*\}", b"{8}", _ALL)
_TOKEN = regex(rb"(?:^|[^0-9A-Za-z_])((?:" + _ALL + rb"))")

PEM_HINT = rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_PEM = regex(PEM_HINT + rb"(?:\r?\n|\\r\\n|\\n)?([^\x00]*?)(?:\r?\n|\\r\\n|\\n)?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\x00|$)")

SCHEME_HINT = rb"(?i)(?:bearer|basic|digest|negotiate|ntlm|token|apikey|hawk|ssws|aws4-hmac-sha256)[ +]{1,4}[0-9a-z._~+/=-]{8}"
_SCHEME = regex(rb"(?i)\b(?:bearer|basic|negotiate|ntlm|ssws)[ +]{1,4}([0-9a-z._~+/%-]{8,}={0,2})")

URL_HINT = rb"(?i)[a-z0-9+.-]://[^\s/?#\"\x00@]*:[^\s\"\x00@]+@"
_USERINFO = regex(rb"(?i)[a-z][a-z0-9+.-]{0,30}://[^\s/?#\"'<>\x00:@]{0,256}:([^\s\"'<>\x00@/]{1,512}|[^\s\"'<>\x00@/]{0,512}[^\s\"'<>\x00@]{1,512})@[^\s@\x00]")


def find_tokens(text: bytes) -> Iterator[Span]:
    """Give the spans of API tokens and keys in any vendor's format."""
    for match in _TOKEN.finditer(text):
        yield match.span(1)


def find_pem_keys(text: bytes) -> Iterator[Span]:
    """Give the spans of what stands between the lines of a private key; up to the end when it was cut off."""
    for match in _PEM.finditer(text):
        if match.start(1) < match.end(1):
            yield match.span(1)


def find_bearers(text: bytes) -> Iterator[Span]:
    """Give the spans of credentials after an authentication scheme; words after it (`basic authentication`) stay."""
    for match in _SCHEME.finditer(text):
        credential = match[1]
        if any(48 <= character <= 57 for character in credential) or (
            len(credential) >= 16 and credential.lower() != credential
        ):
            yield match.span(1)


def find_passwords_in_urls(text: bytes) -> Iterator[Span]:
    """Give the spans of passwords in `scheme://user:password@host`."""
    for match in _USERINFO.finditer(text):
        if match[1] != b"[Filtered]":
            yield match.span(1)
