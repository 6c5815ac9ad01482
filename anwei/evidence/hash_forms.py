"""The forms of stored passwords by algorithm: crypt(3), databases, directories, devices. In lower case, as searched.

The shortest that are taken for one are longer than a capture group of nginx with what may follow it.
"""

import re
from collections.abc import Mapping

_SALTED = rb"(?:rounds=\d{1,9}\$)?[./0-9a-z]{0,16}\$[./0-9a-z]"

# Each group's name is the algorithm.
HASHES: Mapping[bytes, re.Pattern[bytes]] = {
    b"$": re.compile(
        rb"\$(?:"
        rb"(?P<md5>1\$[./0-9a-z]{0,8}\$[./0-9a-z]{22})"
        rb"|(?P<apr1>apr1\$[./0-9a-z]{0,8}\$[./0-9a-z]{8,22})"
        rb"|(?P<sha256>5\$" + _SALTED + rb"{8,43})"
        rb"|(?P<sha512>6\$" + _SALTED + rb"{8,86})"
        rb"|(?P<sm3>sm3\$" + _SALTED + rb"{8,43})"
        rb"|(?P<bcrypt>2[abxy]?\$\d\d\$[./0-9a-z]{8,53})"
        rb"|(?P<yescrypt>g?y\$[./0-9a-z]{1,80}\$[./0-9a-z]{0,86}\$[./0-9a-z]{8,43})"
        rb"|(?P<scrypt>7\$[./0-9a-z]{8,100}\$[./0-9a-z]{8,43})"
        rb"|(?P<argon2>argon2id?\$[\w=,$+/-]{16,200})"
        rb"|(?P<phpass>[ph]\$[./0-9a-z]{31})"
        rb"|(?P<mysql_sha2>a\$\d{3}\$[^\t\r\n]{20}[./0-9a-z]{8,43})"
        rb"|(?P<irreversible>1[a-z]\$[^\s$]{4,60}\$[^\s$]{8,120}\$?)"
        rb"|(?P<comware_h>h\$6\$[^\s\"']{8,200})"
        rb"|(?P<comware_c>c\$3\$[^\s\"']{8,200})"
        rb")"
    ),
    b"*": re.compile(rb"(?P<mysql_native>\*[0-9a-f]{40})(?![0-9a-f])"),
    b"{": re.compile(
        rb"\{(?:(?P<ldap_sha>s(?:sha|ha|md5)\d{0,3}\}[a-z0-9+/=]{16,200})|(?P<crypt>crypt\}[./0-9a-z]{13,200}))"
    ),
    b"md5": re.compile(rb"md5(?P<postgres_md5>[0-9a-f]{32})(?![0-9a-f])"),
    b"pbkdf2": re.compile(
        rb"pbkdf2(?:(?P<grub_pbkdf2>\.\w{1,12}\.\d{1,9}\.[0-9a-f.]{16,2000})"
        rb"|(?P<pbkdf2>[_:$-]\w{0,12}[:$]\d{1,9}[:$][^\s\"']{16,500}))"
    ),
    b"scram-": re.compile(rb"scram-sha-256\$(?P<scram>\d{1,9}:[a-z0-9+/=]{8,200}(?:\$[a-z0-9+/=:]{0,200})?)"),
    b"%": re.compile(rb"(?P<mark>%[@^$+#]%[#@$])(?P<vrp_cipher>\S{6,200}?)(?P=mark)"),
}
