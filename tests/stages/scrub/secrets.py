"""Secrets and personal data of every recognizable form, for hypothesis; made up, none was ever issued."""

import base64
import string

from hypothesis import strategies as st

from errata.stages.scrub.finders import cards, iban
from errata.stages.scrub.finders.vendors import FORMATS

ALNUM = string.ascii_letters + string.digits


@st.composite
def card_numbers(draw):
    """Numbers of any issuer, together or in groups."""
    low, high, lengths = draw(st.sampled_from(cards.ISSUERS))
    prefix = str(draw(st.integers(low, high)))
    length = draw(st.sampled_from(lengths))
    body = prefix + draw(st.text(string.digits, min_size=length - len(prefix) - 1, max_size=length - len(prefix) - 1))
    number = next(body + check for check in string.digits if cards.luhn((body + check).encode()))
    if len(set(number)) == 1:
        number = "4111111111111111"
    separator = draw(st.sampled_from(["", " ", "-"]))
    return separator.join(number[at : at + 4] for at in range(0, len(number), 4))


@st.composite
def ibans(draw):
    """Account numbers of any country with right check digits."""
    country = draw(st.sampled_from(sorted(iban.LENGTHS)))
    length = iban.LENGTHS[country] - 4
    body = draw(st.text(string.digits + string.ascii_uppercase, min_size=length, max_size=length))
    check = 98 - int("".join(str(int(c, 36)) for c in body + country + "00")) % 97
    whole = f"{country}{check:02}{body}"
    separator = draw(st.sampled_from(["", " "]))
    return separator.join(whole[at : at + 4] for at in range(0, len(whole), 4))


emails = st.builds(
    lambda local, name, ending: f"{local}@{name}.{ending}",
    st.from_regex(r"\A[a-z][a-z0-9._+]{1,20}[a-z0-9]\Z"),
    st.from_regex(r"\A[a-z][a-z0-9-]{1,20}[a-z0-9]\Z"),
    st.sampled_from(["com", "org", "de", "co.uk", "io", "example"]),
)
ssns = st.builds(
    lambda a, b, c: f"{a:03}-{b:02}-{c:04}",
    st.integers(1, 899).filter(lambda area: area != 666),
    st.integers(1, 99),
    st.integers(1, 9999),
)
ip_addresses = st.one_of(
    st.ip_addresses(v=4, network="64.0.0.0/2")
    .map(str)
    .filter(lambda ip: not ip.startswith("127.") and ".0.0" not in ip),
    st.ip_addresses(v=6, network="2001:4860::/32").map(str),
)
api_tokens = st.one_of(
    [
        st.from_regex(form.decode(), fullmatch=True, alphabet=st.characters(codec="ascii", exclude_characters="\n"))
        for _, _, form in FORMATS
    ]
).filter(lambda token: not token.startswith("s.") or any(c.isdigit() for c in token))
pem_keys = st.builds(
    lambda kind, body, end: (
        f"-----BEGIN {kind}PRIVATE KEY-----{end}{base64.b64encode(body).decode()}{end}-----END {kind}PRIVATE KEY-----"
    ),
    st.sampled_from(["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "]),
    st.binary(min_size=40, max_size=90),
    st.sampled_from(["\n", "\r\n", "\\n"]),
)
words = st.text(ALNUM, min_size=10, max_size=30).filter(lambda word: any(c.isdigit() for c in word))
bearers = words.map("Bearer {}".format)
url_passwords = words.map("postgres://shop:{}@db.internal:5432/shop".format)


def essence(secret: str) -> str:
    """The part of a generated secret that must not survive."""
    if "PRIVATE KEY" in secret:
        return secret.split("KEY-----")[1].strip("\r\n\\n-")[:32]
    for before, after in (("Bearer ", ""), ("postgres://shop:", "@")):
        if secret.startswith(before):
            return secret.removeprefix(before).split(after or None)[0]
    return secret


beyond_doubt = st.one_of(card_numbers(), ibans(), api_tokens, pem_keys, bearers, url_passwords)
"""Secrets wherever they stand, names of code included."""
personal = st.one_of(emails, ssns, ip_addresses)

secret_keys = st.sampled_from(
    "password passwd pwd db_password userPassword secret client_secret SECRET_KEY token access_token refreshToken "
    "X-Auth-Token api_key apiKey API-KEY x-api-key auth Authorization credentials private_key privatekey mysql_pwd "
    "aws_secret_access_key AWS_ACCESS_KEY_ID session_id sessionid PHPSESSID JSESSIONID csrf_token X-CSRFToken "
    "xsrf-token cookie Set-Cookie jwt bearer passphrase the_secret a_password_here credit_card card_number cvv ssn otp "
    "DATABASE_PASSWORD SENTRY_AUTH_TOKEN connectionString".split()
)
