"""Credentials that say by their own form what they are: tokens with a vendor's prefix, key blocks, auth headers.

The formats are those that vendors publish so that leaked tokens can be found.
"""

from collections.abc import Iterator

from errata.stages.scrub.finders import Span, regex

FORMATS: tuple[tuple[str, bytes, bytes], ...] = (
    # Whose, what every such token contains (short and rare, for the gate), and its whole form.
    ("age", rb"AGE-SECRET-KEY-1", rb"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("anthropic", rb"sk-ant-", rb"sk-ant-[0-9A-Za-z_-]{16,}"),
    (
        "aws",
        rb"A(?:KI|SI|BI|CC|GP|ID|IP|NP|NV|RO|PK)A[A-Z2-7]{3}",
        rb"A(?:KI|SI|BI|CC|GP|ID|IP|NP|NV|RO|PK)A[A-Z2-7]{16}",
    ),
    ("azure", rb"[78]Q~", rb"[0-9A-Za-z_~.-]{3}[78]Q~[0-9A-Za-z_~.-]{31,34}"),
    ("azure storage", rb"(?:AccountKey|AccessKey)=", rb"(?:AccountKey|SharedAccessKey)=[0-9A-Za-z+/]{40,}={0,2}"),
    ("databricks", rb"dapi[0-9a-f]", rb"dapi[0-9a-f]{32}"),
    ("digitalocean", rb"do[opr]_v1_", rb"do[opr]_v1_[0-9a-f]{64}"),
    (
        # The first part is a decimal number in base64, which shows in every fourth letter.
        "discord",
        rb"(?:[MNO][ADQTgjwz][0-9A-Za-z]{2}){2}",
        rb"(?:[MNO][ADQTgjwz][0-9A-Za-z]{2}){3}[0-9A-Za-z_-]{8,20}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,40}",
    ),
    ("discord hooks", rb"/api/webhooks/", rb"discord(?:app)?\.com/api/webhooks/[0-9]{6,}/[0-9A-Za-z_-]{20,}"),
    ("docker", rb"dckr_", rb"dckr_(?:pat|oat)_[0-9A-Za-z_-]{20,}"),
    ("facebook", rb"EAA[0-9A-Za-z]{6}", rb"EAA[0-9A-Za-z]{80,}"),
    ("figma", rb"fig[dou]_", rb"fig[dou]_[0-9A-Za-z_-]{30,}"),
    ("github", rb"gh[opusr]_|github_pat_", rb"(?:gh[opusr]_[0-9A-Za-z]{30,}|github_pat_[0-9A-Za-z_]{36,})"),
    (
        "gitlab",
        rb"gl(?:pat|ptt|dt|rt|cbt|oas|soat|ft|agent|imt|ffct)-|GR1348941",
        rb"gl(?:pat|ptt|dt|rt|cbt|oas|soat|ft|agent|imt|ffct)-[0-9A-Za-z_.-]{16,}|GR1348941[0-9A-Za-z_-]{20}",
    ),
    ("google", rb"AIza", rb"AIza[0-9A-Za-z_-]{35}"),
    ("google oauth", rb"ya29\.|1//0", rb"ya29\.[0-9A-Za-z_-]{20,}|1//0[0-9A-Za-z_-]{30,}"),
    ("google clients", rb"GOCSPX-", rb"GOCSPX-[0-9A-Za-z_-]{20,}"),
    ("grafana", rb"gl(?:sa|c)_", rb"glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}|glc_[0-9A-Za-z+/]{32,}={0,2}"),
    ("hashicorp", rb"\.atlasv1\.", rb"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,}"),
    ("heroku", rb"HRKU-", rb"HRKU-[0-9A-Za-z_-]{36,}"),
    ("huggingface", rb"hf_[0-9A-Za-z]{4}|api_org_", rb"(?:hf|api_org)_[0-9A-Za-z]{30,}"),
    (
        # `ey` and the letter after it are how base64 begins an object; four dots make it an encrypted one.
        "jwt",
        rb"ey[IJKLOP][0-9A-Za-z_-]{4}",
        rb"ey[IJKLOP][0-9A-Za-z_-]{7,}\.[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*){0,3}",
    ),
    ("linear", rb"lin_(?:api|oauth)_", rb"lin_(?:api|oauth)_[0-9A-Za-z]{32,}"),
    ("mailchimp", rb"[0-9a-f]-us[0-9]", rb"[0-9a-f]{32}-us[0-9]{1,2}"),
    ("mailgun", rb"key-[0-9a-f]{4}", rb"key-[0-9a-f]{32}"),
    ("newrelic", rb"NR(?:AK|JS|II|BR|RA)-|NRAL", rb"NR(?:AK|JS|II|BR|RA)-[0-9A-Za-z_-]{19,}|[0-9a-f]{36}NRAL"),
    ("notion", rb"ntn_[0-9A-Za-z]{8}|secret_[0-9A-Za-z]{12}", rb"ntn_[0-9A-Za-z]{40,}|secret_[0-9A-Za-z]{40,}"),
    ("npm", rb"npm_[0-9A-Za-z]", rb"npm_[0-9A-Za-z]{30,}"),
    ("openai", rb"sk-[0-9A-Za-z]", rb"sk-(?:proj|svcacct|admin)-[0-9A-Za-z_-]{16,}|sk-[0-9A-Za-z]{32,}"),
    ("planetscale", rb"pscale_", rb"pscale_(?:tkn|oauth|pw)_[0-9A-Za-z_.-]{32,}"),
    ("postman", rb"PMAK-", rb"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("pulumi", rb"pul-[0-9a-f]", rb"pul-[0-9a-f]{40}"),
    ("pypi", rb"pypi-[0-9A-Za-z_-]{8}", rb"pypi-[0-9A-Za-z_-]{32,}"),
    ("rubygems", rb"rubygems_[0-9a-f]", rb"rubygems_[0-9a-f]{48}"),
    ("sendgrid", rb"SG\.[0-9A-Za-z_-]{4}", rb"SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}"),
    ("sendinblue", rb"xkeysib-", rb"xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}"),
    ("sentry", rb"sntry[su]_", rb"sntry[su]_[0-9A-Za-z_=+/-]{20,}"),
    ("shopify", rb"shp(?:at|ca|pa|ss|ka)_", rb"shp(?:at|ca|pa|ss|ka)_[0-9A-Za-z]{32}"),
    ("slack", rb"xox[a-z]?[.-]", rb"xox[a-z]?(?:\.xox[a-z])?-[0-9A-Za-z.-]{10,}"),
    ("slack apps", rb"xapp-", rb"xapp-[0-9]-[0-9A-Za-z-]{10,}"),
    ("slack hooks", rb"hooks\.slack\.com/", rb"hooks\.slack\.com/(?:services|workflows|triggers)/[0-9A-Za-z/_+-]{20,}"),
    ("square", rb"sq0[a-z]{3}-|EAAA[0-9A-Za-z_-]{4}", rb"sq0[a-z]{3}-[0-9A-Za-z_-]{22,}|EAAA[0-9A-Za-z_-]{56,}"),
    ("stripe", rb"[srp]k_(?:live|test)_|whsec_", rb"[srp]k_(?:live|test)_[0-9A-Za-z]{10,}|whsec_[0-9A-Za-z+/=]{24,}"),
    ("supabase", rb"sbp_|sb_secret_", rb"sbp_[0-9a-f]{40}|sb_secret_[0-9A-Za-z_-]{20,}"),
    ("telegram", rb"[0-9]:AA", rb"[0-9]{8,10}:AA[0-9A-Za-z_-]{32,34}"),
    ("twilio", rb"(?:SK|AC)[0-9a-f]{4}", rb"(?:SK|AC)[0-9a-f]{32}"),
    ("vault", rb"hv[sbr]\.", rb"hv[sbr]\.[0-9A-Za-z_-]{24,}"),
    ("vercel", rb"vc[pikra]_[0-9A-Za-z]", rb"vc[pikra]_[0-9A-Za-z]{24,}"),
)

_SIGNED = (
    rb"[?&;](?i:sig|signature|hmac|hash|key|code|sid|session|awsaccesskeyid"
    rb"|x-amz-(?:signature|credential|security-token))="
)
"""Parameters of a URL that let its bearer in."""

HINT = b"|".join((*(core for _, core, _ in FORMATS), _SIGNED))
# What stands right before must not belong to the token: `task-...` holds no `sk-...`. The second group is the value of
# a parameter.
_TOKEN = regex(
    rb"(?:^|[^0-9A-Za-z_])((?:"
    + b"|".join(form for _, _, form in FORMATS)
    + rb"))|"
    + _SIGNED
    + rb"([0-9A-Za-z%+/=_.~-]{16,})"
)

_LINE_END = rb"(?:\r?\n|\\r\\n|\\n)?"
PEM_HINT = rb"PRIVATE KEY(?: BLOCK)?-----"
_PEM = regex(
    rb"-----BEGIN [A-Z0-9 ]{0,40}" + PEM_HINT + _LINE_END + rb"([^\x00]*?)" + _LINE_END
    + rb"(?:-----END [A-Z0-9 ]{0,40}" + PEM_HINT + rb"|\x00|$)"
)  # fmt: skip

_SCHEMES = rb"(?i:bearer|basic|negotiate|ntlm|ssws)[ +]"
SCHEME_HINT = _SCHEMES + rb"+[0-9A-Za-z._~+/=-]{4}"
_SCHEME = regex(rb"\b" + _SCHEMES + rb"{1,4}([0-9A-Za-z._~+/%-]{8,}={0,2})")

URL_HINT = rb"://[^\s/?#\"@:]*:[^\s/\"@]+@"
_USERINFO = regex(rb"://([^\s/?#\"'<>\x00:@]*:([^\s\"'<>\x00@/]+))@")


def find_tokens(text: bytes) -> Iterator[Span]:
    """Give the spans of API tokens and keys in any vendor's format."""
    for match in _TOKEN.finditer(text):
        yield match.span(1) if match[1] is not None else match.span(2)


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
        if match[2] != b"[Filtered]":
            yield match.span(2)


def find_userinfo(text: bytes) -> Iterator[Span]:
    """Give the spans of user and password in `scheme://user:password@host`."""
    for match in _USERINFO.finditer(text):
        yield match.span(1)
