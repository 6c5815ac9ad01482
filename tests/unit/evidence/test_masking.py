"""Masking both ways: no secret gets through, and nothing that a verdict needs is touched."""

import time
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anwei.evidence.known_secrets import Known
from anwei.evidence.masking import masked
from anwei.evidence.script import Answer

BASELINE = Path(__file__).parents[1] / "baseline"
SOUND = ["machine", *sorted(path.stem for path in BASELINE.glob("sound_*.py"))]
SECRET = "Hunter2!x"  # noqa: S105
CRYPT = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./0123456789abcdefghijkl"  # 86 characters

# Where secrets stand in the configurations, command lines and logs of real products; %s is the secret.
PLACES = r"""
password=%s
  "password": "%s", "user": "x"
'password' => '%s',
define('DB_PASSWORD', '%s');
<user username="tomcat" password="%s" roles="m"/>
<Connector keystorePass="%s" SSL="true"/>
<password>%s</password>
<property name="password" value="%s"/>
jdbc:mysql://h/db?user=a&password=%s&useSSL=true
jdbc:x;user=a;password=%s;database=q
http://user:%s@example.gov/
requirepass %s
masterauth "%s"
snmp-agent community read cipher %s
snmp-agent community write %s acl 2000
 password simple %s
 radius-server shared-key cipher %s
 key authentication cipher %s
 ospf authentication-mode md5 1 plain %s
 key authentication simple %s
rocommunity %s 192.0.2.0/24
com2sec n default %s
redis-server --requirepass %s
java -Djavax.net.ssl.keyStorePassword=%s -jar a
app --db-password %s
login: machine x login y password %s
user ops on >%s ~* +@all
psk "%s"
{password: %s, user: a}
spring.datasource.password=%s
"{\"password\":\"%s\",\"a\":1}"
super password level 3 simple %s
set authentication password cipher %s
""".strip().splitlines()

# What looks like it and is a policy, a place, a reference or a name: verdicts rest on such lines.
NO_SECRETS = """
PASS_MAX_DAYS 90
PASS_MIN_LEN 8
password requisite pam_pwquality.so minlen=8
password    [success=1 default=ignore]  pam_unix.so obscure sha512 remember=5
password\tsufficient\tpam_unix.so sha512 shadow nullok try_first_pass use_authtok
permitemptypasswords no
passwordauthentication yes
password-control enable
 password-control length 10
default_password_lifetime 90
default_password_lifetime\t90
validate_password.length\t8
validate_password = ON
validate_password=FORCE_PLUS_PERMANENT
mysql_native_password=ON
old_passwords=0
ClearTextPassword = 0
passwd:         files sss
passwd: compat
%wheel ALL=(ALL) NOPASSWD: ALL
ops ALL=(ALL) NOPASSWD:ALL
ops ALL=(ALL) NOPASSWD: /usr/bin/systemctl restart nginx
ops ALL=(ALL) PASSWD: /usr/bin/id
Defaults passwd_tries=3
secret:x:1005:1005::/home/s:/bin/bash
pwd:*:1005:
backup-token:!:19000:0:99999:7:::
ops:$6$
ops $6$
ciphers aes256-gcm@openssh.com
ssh server cipher aes256_ctr aes128_ctr
ssl cipher-suite-list x
snmp-agent community read cipher public
snmp-agent community read public
snmp-agent community write private
snmp-agent community complexity-check disable
ssl_password_file /etc/nginx/pw;
password_file=/etc/x
no_anon_password=YES
private_key=/etc/pki/x.pem
proxy_set_header Authorization $http_authorization;
rewrite ^/(.*)$ /$1$is_args$args last;
authorization-attribute user-role network-admin
ssh_host_rsa_key
server_tokens off;
secretRequired="true"
PWD=/root
<user username="ops" password="*digest" roles="manager-gui"/>
<Resource password="*41" username="*empty"/>
ops ALL=(ALL) NOPASSWD: OPERATIONS
ops ALL = NOPASSWD:SETENV: OPERATIONS
validate_password = LONGER_WORD
/etc/pam.d/passwd:auth       include      system-auth
/etc/pam.d/passwd:-password   optional   pam_gnome_keyring.so
-a always,exit -F path=/usr/bin/passwd -F perm=x -k passwd
-w /etc/shadow -p wa -k secret
Number of days of warning before password expires\t: 7
Last password change\t\t\t\t\t: Jan 01, 2024
ops P 2024-01-01 0 99999 7 -1 (Password set, SHA512 crypt.)
password hashing algorithm is sha512
local-user admin password irreversible-cipher
 authentication-mode password
requirepass ""
user default on nopass ~* +@all
authentication default local
apply community 100:1
host all all 0.0.0.0/0 password
auth required pam_faillock.so preauth audit deny=5 unlock_time=600
password: required
root\tlocalhost\tmysql_native_password\tY\t2024-01-01
""".strip("\n").splitlines()

HASHES = {
    f"$6$abcdefgh${CRYPT}": "sha512",
    f"$6$rounds=5000$abcdefgh${CRYPT}": "sha512",
    f"$5$abcdefgh${CRYPT[:43]}": "sha256",
    f"$1$abcdefgh${CRYPT[:22]}": "md5",
    f"$apr1$abcdefgh${CRYPT[:22]}": "apr1",
    f"$2y$10${CRYPT[:53]}": "bcrypt",
    f"$y$j9T$abcdefghijklmnop${CRYPT[:43]}": "yescrypt",
    f"$gy$j9T$abcdefghijklmnop${CRYPT[:43]}": "yescrypt",
    f"$sm3$abcdefgh${CRYPT[:43]}": "sm3",
    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo": "argon2",
    "$A$005$0123456789abcdefghij" + CRYPT[:43]: "mysql_sha2",
    "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19": "mysql_native",
    "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy": "scram",
    "md5" + "d41d8cd98f00b204e9800998ecf8427e": "postgres_md5",
    "{SSHA}aGVsbG8gd29ybGQgaGVsbG8=": "ldap_sha",
    "$1a$abc.defgh$0123456789'(<>78901234567890$": "irreversible",
    "$h$6$abcdefgh$0123456789abcdefghijk==": "comware_h",
    "$c$3$abcdefgh0123456789abcdefghijk==": "comware_c",
    "%^%#'([;L^cl}2MQe2Y`*W*2BDdLOl\"N;Xq:(:Tz/%^%#": "vrp_cipher",
    "pbkdf2.sha512.10000." + "0123456789ABCDEF" * 4: "grub_pbkdf2",
}
MARKS = "\"'<>\\/@:,;&|()[]{}=%$#*!?-~`"  # what quoting and separators do to secrets is in the other tests
letters = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=MARKS)
words = st.text(letters, min_size=8, max_size=20)
secrets = words.filter(lambda each: any(map(str.isdigit, each)) and not each.isdigit())


def told(line: str, known: Known | None = None) -> str:
    return masked(line.encode(), known or Known()).decode()


def best_time(output: bytes, known: Known | None = None) -> float:
    """Processor seconds of the fastest of five: others use this machine too."""

    def once() -> float:
        began = time.process_time()
        masked(output, known or Known())
        return time.process_time() - began

    return min(once() for _ in range(5))


def filled(fragment: str, size: int = 100_000) -> bytes:
    return (fragment * (size // len(fragment) + 1)).encode()[:size]


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_in_its_place_becomes_its_length_and_classes_and_nothing_else_changes(place: str) -> None:
    assert told(place % SECRET) == place % "(secret.9.aA1!)"


@given(st.sampled_from(PLACES), secrets)
def test_no_secret_gets_through_wherever_it_stands(place: str, secret: str) -> None:
    shown = told(place % secret)
    assert secret not in shown
    assert shown.startswith(place[: place.index("%s")].replace("%%", "%"))
    assert masked(shown.encode()) == shown.encode()


@pytest.mark.parametrize(("stored", "algorithm"), HASHES.items(), ids=HASHES.values())
@pytest.mark.parametrize(
    "line", ["root:%s:19000:0:99999:7:::", "password %s", "  cipher %s\n#", "root\t%s\tN", "hash=%s"]
)
def test_a_stored_password_becomes_its_algorithm_and_length(line: str, stored: str, algorithm: str) -> None:
    shown = told(line % stored)
    assert f"(hash.{algorithm}." in shown
    assert stored[8:] not in shown


def test_the_rest_of_a_line_of_accounts_stays() -> None:
    line = f"root:$6$abcdefgh${CRYPT}:19000:0:99999:7:::\nops:!:19000::::::\nold:ab01234567890:1:0:9:7:::\n"
    assert told(line) == "root:(hash.sha512.98):19000:0:99999:7:::\nops:!:19000::::::\nold:(hash.des.13):1:0:9:7:::\n"


@pytest.mark.parametrize("line", NO_SECRETS)
def test_what_a_verdict_needs_stays(line: str) -> None:
    assert told(line) == line


@given(
    st.lists(st.sampled_from(NO_SECRETS), max_size=6), st.sampled_from(["", " ", "\t", "# "]), st.sampled_from("\r\n")
)
def test_what_a_verdict_needs_stays_whatever_stands_around(lines: list[str], indent: str, end: str) -> None:
    whole = "".join(f"{indent}{line}{end.replace(chr(13), chr(13) + chr(10))}" for line in lines)
    assert told(whole) == whole


@given(
    st.integers(0, 999), st.sampled_from(["PASS_MAX_DAYS {}", "minlen={}", "password_history={}", "x password = {}"])
)
def test_numbers_of_policies_stay(number: int, line: str) -> None:
    assert told(line.format(number)) == line.format(number)


def texts_of(value: object) -> Iterator[bytes]:
    """Every output in a value of a test's module."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        yield from (text for each in value for text in texts_of(each))
    elif isinstance(value, str | bytes):
        yield value.encode() if isinstance(value, str) else value
    elif isinstance(value, Answer):
        yield value.stdout


@pytest.mark.parametrize("module", SOUND)
def test_a_sound_object_looks_the_same(module: str) -> None:
    values = vars(import_module(f"tests.unit.baseline.{module}"))
    outputs = [text for name, value in values.items() if name.isupper() for text in texts_of(value)]
    answers = [text for text in outputs if b"$(" not in text]  # not the commands themselves
    assert [text for text in answers if masked(text) != text] == []


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])
@pytest.mark.parametrize("end", ["-----END {}-----\nafter\n", ""], ids=["whole", "cut off"])
def test_of_a_private_key_the_frame_stays(kind: str, end: str) -> None:
    shown = told(f"before\n-----BEGIN {kind}-----\nMIIEowIBAAKCAQEA\nbase64\n{end.format(kind)}")
    assert "MIIE" not in shown
    assert "base64" not in shown
    assert shown.startswith(f"before\n-----BEGIN {kind}-----(key.")
    assert shown.endswith(end.format(kind))


def test_public_keys_and_certificates_stay() -> None:
    page = "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI ops\n"
    assert told(page) == page


@pytest.mark.parametrize(
    "page",
    [
        "requirepass\nHunter2!x\n",
        '1) "requirepass"\n2) "Hunter2!x"\n',
        "password: Hunter2!x and more words  # note",
        "- name: x\n  password: 'Hunter2!x'\n",
        "enable secret 5 Hunter2!x\r\n",
        "user default on #" + "0a" * 32 + " ~* +@all",
        "token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkw.abc-def",
        "id AKIAABCDEFGHIJKLMNOP",
        "口令 password=Hunter2!x 注释",
    ],
)
def test_further_forms(page: str) -> None:
    shown = told(page)
    for secret in ("Hunter2!x", "and more", "0a0a", "eyJ", "AKIA"):
        assert secret not in shown
    assert shown.splitlines()[0][:2] == page.splitlines()[0][:2]
    assert ("# note" in shown, "注释" in shown) == ("# note" in page, "注释" in page)


def test_bytes_that_are_no_text_are_masked_too() -> None:
    output = "# 口令\npassword=".encode("gbk") + SECRET.encode() + b" \xff\xfe\n"
    assert masked(output) == output.replace(SECRET.encode(), b"(secret.9.aA1!)")


MASKS = ["(secret.9.aA1!)", "(secret.5.a.known)", "(hash.md5.34)", "(key.99)", "<cipher:44>", "<plain:6:known>"]
SIGNS = ["\n", " ", "=", '"', "'", ":", "password", "cipher ", "$", "-----BEGIN PRIVATE KEY-----"]
FRAGMENTS = [*PLACES, *NO_SECRETS, *HASHES, *MASKS, *SIGNS]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12))
@example(["password=", "(secret.9.aA1!)", "x"])
def test_masking_twice_is_masking_once(parts: list[str]) -> None:
    once = masked("".join(parts).encode(errors="replace"))
    assert masked(once) == once


@given(st.binary(max_size=300))
def test_it_never_fails(output: bytes) -> None:
    masked(output, Known.of(["Kn0wn-Secret"]))


VARIABLES = {
    "ansible_password": "Kn0wn-Secret",
    "ansible_become_password": "{{ lookup('file', 'x') }}",
    "mysql": {"accounts": [{"name": "app", "password": "An0ther&Secret"}]},
    "redis_token": "short",
    "db_secret": "oracle",
    "password_max_days": "90 days or 12 weeks",
}


def test_what_the_inventory_knows_is_masked_wherever_it_stands() -> None:
    known = Known.among(VARIABLES)
    assert known.values == {"Kn0wn-Secret", "An0ther&Secret"}
    line = "echo Kn0wn-Secret | x; An0ther&amp;Secret An0ther%26Secret (Kn0wn-Secret)"
    assert "ecret " not in told(line, known).replace("(secret.", "")
    assert told("echo Kn0wn-Secret.", known) == "echo (secret.12.aA1!)."


def test_what_could_be_any_word_or_a_part_of_one_stays() -> None:
    line = "oracle:x:54321:54321::/home/oracle:/bin/bash\nMyKn0wn-Secretary short\n"
    assert told(line, Known.among(VARIABLES)) == line


TYPICAL = ["ops:x:1000:1000:,,,:/home/ops:/bin/bash\n", "net.ipv4.ip_forward = 0\n", "tcp LISTEN 0 128 0.0.0.0:22\n"]
DENSE = [*NO_SECRETS, *HASHES, "password = ", 'password="', "pass=;", "eyj", "://a:", "user on >a", "com2sec a a "]


@pytest.mark.parametrize("line", TYPICAL)
def test_a_usual_output_costs_next_to_nothing(line: str) -> None:
    assert best_time(filled(line), Known.of(f"Secret-{number}" for number in range(20))) < 0.01


@pytest.mark.parametrize("fragment", [*filter(None, DENSE)])
def test_no_output_can_make_it_slow(fragment: str) -> None:
    assert best_time(filled(fragment)) < 1
