"""The forms in which secrets stand in outputs, as data. Outputs are searched in lower case, so forms are written so.

A form begins with letters that must be there, and is tried where its group's word is in the output at all: an output
without any costs next to nothing. No form looks at a character many times over, however an output is made.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

END = rb"""(?=[,;)}\]"'&|]{0,3}(?:[\s<]|\Z)|[;&,|][\w.-]{1,40}=)"""
QUOTED = rb"""\\?"(?P<double>(?:[^"\\\n]|\\(?!").)*)|'(?P<single>[^'\n]*)"""
VALUE = rb"(?:" + QUOTED + rb"""|(?P<bare>[^\s"'<>][^\s<>]*?""" + END + rb"))"
WORD = rb"(?P<bare>\S+)"
SIGN = rb"""(?:\\?["']?[ \t]*(?:=>|:=|[:=])[ \t]*|["'][ \t]+value[ \t]*=[ \t]*|["'][ \t]*,[ \t]*(?=["']))"""
NAMED = rb"\d{0,2}(?:" + SIGN + VALUE + rb"""|["']?>(?P<element>[^<>\s][^<>]*)(?=</))"""
NEXT_LINE = rb"""["']?(?:[ \t]+|[ \t]*\r?\n(?:\d+\) )?)"""

# What stands before decides: `password cipher …` of a device, but not `ssh server cipher aes256_ctr`; `--password …`.
METHOD = re.compile(
    rb"(?:(?:password|community|secret|securityname|psk|(?:authentication|privacy)-mode)\b.*|\bkey\b.*|md5 \d+)[ \t-]\Z"
)
OPTION = re.compile(rb"""(?:^|[\s"'])--?[\w.-]*\Z""")
LIST = re.compile(rb"\Auser[ \t][^\n]*[ \t](?:on|off)\b")
# Names that end like a secret and are none: plug-ins of MySQL, sudo's NOPASSWD, files as grep names them.
NAME = re.compile(
    rb"(?s)\A(?!.*(?:validate[_.]|native_|sha2_|sha256_)\Z)(?!(?:.*[^a-z0-9])?no\Z)(?!(?:.*[\s\"'])?[\w.-]*/[\w./-]*\Z)"
)


class Form(NamedTuple):
    """A pattern whose named group is the secret, its kind, and what must stand before it on the line."""

    pattern: re.Pattern[bytes]
    before: re.Pattern[bytes] | None = None
    kind: str = "secret"


def _named(*words: bytes) -> tuple[Form, ...]:
    """Names whose value is a secret wherever they stand: shell, ini, YAML, JSON, XML, PHP, connection strings."""
    return tuple(Form(re.compile(word + NAMED), NAME) for word in words)


def _plain(*words: bytes, before: re.Pattern[bytes] | None = None) -> tuple[Form, ...]:
    """Words that the secret follows, without a sign between."""
    return tuple(Form(re.compile(word), before) for word in words)


GAP = rb"[ \t]+"
METHODS = _plain(*(word + GAP + WORD for word in (b"cipher", b"simple", b"plain", b"plaintext")), before=METHOD)
NUMBERED = rb"[ \t]+[0-9][ \t]+(?P<bare>\S{4,})(?=[ \t]*\r?$)"
OPTIONAL = GAP + rb"(?!-)" + VALUE

FORMS: Mapping[bytes, tuple[Form, ...]] = {
    b"pass": (
        *_named(rb"pass(?:word|wd|phrase|code)?"),
        *_plain(rb"requirepass" + NEXT_LINE + VALUE, rb"auth_pass" + GAP + VALUE, rb"insecure-password" + GAP + VALUE),
        *_plain(
            rb"sshpass[ \t]+-p[ \t]*" + VALUE, rb"login[ \t]+\S+[ \t]+password[ \t]+" + VALUE, rb"password" + NUMBERED
        ),
        *_plain(rb"pass(?:word|wd|phrase|code)?" + OPTIONAL, before=OPTION),
        *METHODS,
    ),
    b"pw": (*_named(rb"pwd"), *_plain(rb"bindpw" + GAP + VALUE, rb"rootpw" + GAP + VALUE)),
    b"sec": (
        *_named(rb"secret(?:[_-]?key)?"),
        *_plain(rb"secret" + NUMBERED, rb"com2sec6?[ \t]+(?:-cn[ \t]+\S+[ \t]+)?\S+[ \t]+\S+[ \t]+" + VALUE),
        *_plain(rb"securityname[ \t]+(?!(?:cipher|simple)\b)" + VALUE + rb"(?![ \t]+v3)"),
        *_plain(rb"secret" + OPTIONAL, before=OPTION),
        *METHODS,
    ),
    b"token": (*_named(rb"token"), *_plain(rb"token" + OPTIONAL, before=OPTION)),
    b"commun": (
        *_named(rb"community"),
        *_plain(rb"rocommunity6?[ \t]+" + VALUE, rb"rwcommunity6?[ \t]+" + VALUE, rb"trapcommunity[ \t]+" + VALUE),
        *_plain(rb"community[ \t]+(?:read|write)[ \t]+" + VALUE),
        *METHODS,
    ),
    b"psk": (*_named(rb"psk"), *_plain(rb"""psk[ \t]+(?=["'])""" + VALUE)),
    b"key": (
        *_named(rb"api[_-]?key", rb"access[_-]?key(?:secret)?", rb"private[_-]?key", rb"shared[_-]?key"),
        *_named(rb"encrypt(?:ion)?[_-]?key"),
        *_plain(rb"key" + NUMBERED),
        *METHODS,
        Form(
            re.compile(rb"(?s)-----begin [a-z0-9 ]{0,30}private key(?: block)?-----(?P<bare>.+?)(?:-----end|\Z)"),
            kind="key",
        ),
    ),
    b"auth": (
        *_plain(
            rb"masterauth" + NEXT_LINE + VALUE, rb"-mode[ \t]+(?:md5|sha\S*|3?des\S*|aes\S*)[ \t]+(?!privacy)" + VALUE
        ),
        *_plain(rb"""authorization["']?[ \t]*[:=]?[ \t]*["']?(?:basic|bearer|digest|token)[ \t]+(?P<bare>[^\s"']+)"""),
        *METHODS,
    ),
    b"://": _plain(rb"""://[^\s/:@"'<>]{0,64}:(?P<bare>[^\s/@"'<>]{1,200})@"""),
    b"user": (
        *_plain(rb"createuser[ \t]+\S+[ \t]+(?:md5|sha\S*)[ \t]+" + VALUE),
        *_plain(rb" >(?P<bare>\S+)", before=LIST),
        Form(re.compile(rb" #(?P<bare>[0-9a-f]{64})"), LIST, "hash.sha256"),
    ),
    b":": (Form(re.compile(rb":(?P<bare>[./0-9a-z]{13})(?=:\d{1,6}:\d{0,6}:\d{0,6}:)"), kind="hash.des"),),
    b"akia": _plain(rb"(?P<bare>akia[0-9a-z]{16})(?![\w-])"),
    b"ltai": _plain(rb"(?P<bare>ltai[0-9a-z]{12,30})(?![\w-])"),
    b"ghp_": _plain(rb"(?P<bare>ghp_[0-9a-z]{36})(?![\w-])"),
    b"glpat-": _plain(rb"(?P<bare>glpat-[0-9a-z_-]{20,100})"),
    b"eyj": _plain(rb"(?P<bare>eyj[\w-]{8,200}\.eyj[\w-]{8,4000}\.[\w-]*)"),
}

# Values that are no secrets: what commands masked on the host (`*digest`), policies, places, references, words of
# nsswitch.conf, sudo and PAM.
HARMLESS = re.compile(
    rb"""\d{1,3}|[x*!?-]{0,2}|\*+|\*(?:empty|password|reference|sample|digest|encrypted|\d{1,4})"""
    rb"""|(?:x|\*|!!?|!\*)?:.*|\d+:\d+|\$\{[\w.]+\}|\$\w+_\w+|\{\{.*"""
    rb"""|/(?:etc|usr|bin|sbin|var|opt|home|root|run|srv|tmp|dev|data|lib|lib64|apps?)(?:/.*)?"""
    rb"""|(?:yes|no|true|false|on|off|enabled?|disabled?|none|null|nil|never|always|auto|prompt|ask|set|unset|empty|hidden"""
    rb"""|active|inactive|loaded|deprecated|require[ds]?|requisite|sufficient|optional|include|substack|binding|defaults?"""
    rb"""|force|force_plus_permanent|all|public|private|md5|sha1|sha256|sha512|sm3|yescrypt|bcrypt|scram-sha-256"""
    rb"""|cipher|irreversible-cipher|simple|plain|hash|files|compat|sss|ldap|nis|nisplus|db|winbind|systemd|altfiles"""
    rb"""|xxxxx*|change|changed|expired|expires|locked|must|may)(?:[ \t:].*)?"""
)
