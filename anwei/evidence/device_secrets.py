"""Secrets in the text of a switch, cut to their kind and length before the text becomes evidence.

`<cipher:44>` stands for 44 characters in a form that can be turned back, `<hash:110>` for one that cannot, `<plain:8>`
for readable text. A value that everybody knows from manuals says so (`<plain:6:known>`): no secret, but a finding.
"""

import re

FORMS = ("irreversible-cipher", "cipher", "hash", "simple", "plain", "plaintext", "ciphertext")
FORM = r"(?:irreversible-cipher|ciphertext|cipher|hash|simple|plaintext|plain)"
VALUE = r'(?:"[^"]*"(?=\s|$)|\S+)'
MASK = re.compile(r"<(?:irreversible-cipher|cipher|hash|plain):\d+(?::known)?>")
KNOWN = frozenset(
    (
        "public",
        "private",
        "admin",
        "administrator",
        "huawei",
        "h3c",
        "root",
        "manager",
        "123456",
        "12345678",
        "password",
        "admin123",
        "admin@123",
        "admin@huawei",
        "admin@huawei.com",
        "huawei@123",
        "admin@h3c",
        "h3capadmin",
        "h3c@123",
    )
)
# Words that follow `password` or `key` in settings about secrets, which hold none.
SETTINGS = (
    r"(?!(?:policy|history|expire|alert|complexity|length|min-len\w*|similar-to-name-check|change|recovery|service-type|assign"
    r"|address|hostname|pass-?phrase|hex|level|role|authentication-mode)(?:\s|$))"
)
MODE = r"(?:md5|sha\d?(?:-\d+)?|sha2-\d+|hmac-\S+|sm3|des56|3des\S*|aes\d*(?:-\d+)?|aes)"
RULES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Names of communities are passwords; the receiver of v1 and v2c traps names one too.
        rf"\bsnmp-agent\s+community\s+(?:(?:read|write)\s+)?(?:(?P<form>{FORM})\s+)?(?:(?:read|write)\s+)?"
        rf"(?!complexity-check\b)(?P<secret>{VALUE})",
        rf"\bsecurityname\s+(?:(?P<form>{FORM})\s+)?(?P<secret>{VALUE})(?!.*\bv3\b)",
        # After a digest or cipher method, with a key number before it or not.
        rf"\b(?:authentication|privacy)-mode\s+{MODE}\s+(?:\d+\s+)?(?:(?P<form>{FORM})\s+)?(?P<secret>{VALUE})",
        rf"\bsuper\s+password\s+(?:(?:level|role)\s+\S+\s+)?(?:(?P<form>{FORM})\s+)?(?P<secret>{VALUE})",
        rf"(?<!-type\s)(?<!-mode\s)(?<!default\s)(?<![\w-])password\s+(?:(?P<form>{FORM})\s+)?{SETTINGS}(?P<secret>{VALUE})",
        rf"\bkey\s+(?:(?:authentication|accounting|authorization)\s+)(?:(?P<form>{FORM})\s+)?(?P<secret>{VALUE})",
        rf"\b(?:shared-key(?:-cipher)?|pre-shared-key|preshared-key|key-string|pass-?phrase|psk|secret|authentication-key|sso-key"
        rf"|challenge-password|encryption-key)\s+(?:(?P<form>{FORM})\s+)?{SETTINGS}(?P<secret>{VALUE})",
        # Any other value that its line calls ciphered or plain; lists of SSH ciphers are no secrets.
        rf"(?<!server\s)(?<!client\s)(?<!algorithm\s)\b(?P<form>irreversible-cipher|cipher|simple|plain)\s+"
        rf"(?!{FORM}\b|authentication-mode\b|privacy-mode\b)(?P<secret>{VALUE})",
        r"(?P<form>hash)\s+(?P<secret>\$\S+)",
        r"://[^/\s:@]+:(?P<secret>[^/\s@]+)(?=@)",
        # Whatever looks ciphered, by a keyword that is not listed here.
        r"(?<!\S)(?P<secret>(?:%\^%#|%@%@|@%@%|%\$%\$|%#%#|\$c\$\d|\$h\$\d|\$1[acd]\$)\S{4,})",
    )
)
KEY_BLOCK = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def masked(text: str) -> str:
    """The text without its secrets; masking it again changes nothing."""
    text = KEY_BLOCK.sub(r"\1 <plain:0> \2", text)
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    """One line, rule by rule."""
    for rule in RULES:
        line = rule.sub(_replaced, line)
    return line


def _replaced(found: re.Match[str]) -> str:
    """What a rule found, with the mask in the place of the secret."""
    secret = found["secret"]
    if MASK.fullmatch(secret) or secret.lower() in FORMS:
        return found[0]
    begin, end = (each - found.start() for each in found.span("secret"))
    return found[0][:begin] + _mask(secret.strip('"'), (found.groupdict().get("form") or "").lower()) + found[0][end:]


def _mask(secret: str, form: str) -> str:
    """Kind and length of a secret; its kind by its looks where the line does not say it."""
    kind = {"simple": "plain", "plaintext": "plain", "ciphertext": "cipher", "": ""}.get(form, form) or _kind(secret)
    kind = "hash" if kind == "cipher" and _kind(secret) == "hash" else kind
    known = ":known" if kind == "plain" and secret.lower() in KNOWN else ""
    return f"<{kind}:{len(secret)}{known}>"


def _kind(secret: str) -> str:
    """The kind of a secret by its looks."""
    if re.match(r"\$(?:h|1[acd]|[56])\$", secret):
        return "hash"
    return "cipher" if re.match(r"\$c\$|[%@][\^$%@][%@]", secret) else "plain"
