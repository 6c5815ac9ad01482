"""Authentication, access, confidentiality and residue on a Linux host: sound, bad, and odd as in real life."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.baseline import checking
from anwei.baseline.result import Judgement, Outcome
from anwei.evidence.commands import Command
from anwei.evidence.masking import masked
from anwei.evidence.script import Answer
from baselines.mlps.linux import matches
from tests.unit.baseline.machine import (
    ACCOUNTS,
    CATALOGUE,
    DENIED,
    LINUX,
    MISSING,
    SETTINGS,
    SS,
    SSHD,
    assessed,
    result,
    transcript,
)
from tests.unit.baseline.sound_access import (
    ANSWERS,
    LASTLOG,
    MANDATORY,
    PAM,
    PROCESSES,
    RULES,
    SCRIPTS,
    SHADOW,
    SUDOERS,
)

MET, NOT_MET, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL
SHADOW_FILE, PAM_FILES, CONF = LINUX["shadow"], LINUX["pam"], LINUX["password_rules"]
PASSWD, LOGIN_DEFS, SSHD_T, BLOCKS = LINUX["accounts"], "cat -- /etc/login.defs", "/usr/sbin/sshd -T", "match_blocks"
Said = dict[str, str | bytes | Answer]

# RedHat 6 and NeoKylin V6: everything in arguments, pam_cracklib and pam_tally2.
PAM_R6 = """/etc/pam.d/system-auth:auth        required      pam_env.so
/etc/pam.d/system-auth:auth        required      pam_tally2.so deny=5 onerr=fail unlock_time=300 even_deny_root
/etc/pam.d/system-auth:auth        sufficient    /lib/security/$ISA/pam_unix.so nullok try_first_pass
/etc/pam.d/system-auth:auth        required      pam_deny.so
/etc/pam.d/system-auth:account     required      pam_tally2.so
/etc/pam.d/system-auth:account     required      pam_unix.so
/etc/pam.d/system-auth:password  requisite  pam_cracklib.so retry=3 minlen=8 dcredit=-1 ucredit=-1 lcredit=-1 ocredit=-1
/etc/pam.d/system-auth:password    sufficient    pam_unix.so sha512 shadow use_authtok remember=5
/etc/pam.d/system-auth:password    required      pam_deny.so
/etc/pam.d/sshd:auth       include      system-auth
/etc/pam.d/sshd:account    include      system-auth
/etc/pam.d/sshd:password   include      system-auth
/etc/pam.d/login:auth       include      system-auth
/etc/pam.d/login:account    include      system-auth
/etc/pam.d/login:password   include      system-auth
/etc/pam.d/passwd:password   include      system-auth
/etc/pam.d/su:auth\t\tsufficient\tpam_rootok.so
/etc/pam.d/su:auth\t\tinclude\t\tsystem-auth
"""
# Debian and Ubuntu: @include, controls in brackets.
PAM_DEB = """/etc/pam.d/common-auth:auth\trequisite\tpam_faillock.so preauth
/etc/pam.d/common-auth:auth\t[success=1 default=ignore]\tpam_unix.so nullok
/etc/pam.d/common-auth:auth\t[default=die]\tpam_faillock.so authfail
/etc/pam.d/common-auth:auth\tsufficient\tpam_faillock.so authsucc
/etc/pam.d/common-auth:auth\trequisite\tpam_deny.so
/etc/pam.d/common-account:account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so
/etc/pam.d/common-password:password\trequisite\tpam_pwquality.so retry=3
/etc/pam.d/common-password:password\trequired\tpam_pwhistory.so remember=5 use_authtok
/etc/pam.d/common-password:password\t[success=1 default=ignore]\tpam_unix.so obscure use_authtok yescrypt
/etc/pam.d/common-password:password\trequisite\tpam_deny.so
/etc/pam.d/sshd:@include common-auth
/etc/pam.d/sshd:@include common-account
/etc/pam.d/sshd:@include common-password
/etc/pam.d/login:auth       optional   pam_faildelay.so
/etc/pam.d/login:@include common-auth
/etc/pam.d/login:@include common-account
/etc/pam.d/login:@include common-password
/etc/pam.d/passwd:@include common-password
/etc/pam.d/su:auth       sufficient pam_rootok.so
/etc/pam.d/su:@include common-auth
"""
# openEuler and Kylin V10 as installed: everything in the arguments, locked for a minute.
LOCK = "audit deny=3 even_deny_root unlock_time=60"
PAM_OPENEULER = f"""/etc/pam.d/system-auth:auth        required      pam_env.so
/etc/pam.d/system-auth:auth        required      pam_faillock.so preauth {LOCK}
/etc/pam.d/system-auth:auth        sufficient    pam_fprintd.so
/etc/pam.d/system-auth:auth        sufficient    pam_unix.so nullok try_first_pass
/etc/pam.d/system-auth:-auth       sufficient    pam_sss.so use_first_pass
/etc/pam.d/system-auth:auth        [default=die] pam_faillock.so authfail {LOCK}
/etc/pam.d/system-auth:auth        sufficient    pam_faillock.so authsucc {LOCK}
/etc/pam.d/system-auth:auth        required      pam_deny.so
/etc/pam.d/sshd:auth       substack     system-auth
/etc/pam.d/login:auth       substack     system-auth
"""
UNLOCKED = "".join(line for line in PAM.splitlines(keepends=True) if "faillock" not in line)
LATE = UNLOCKED.replace(
    "system-auth:auth        required      pam_deny.so",
    "system-auth:auth        required      pam_tally2.so deny=5 unlock_time=300 even_deny_root",
)
TALLY = "auth required pam_tally2.so deny=3 unlock_time=300 even_deny_root root_unlock_time=60"
WEAK_PWQUALITY = RULES.replace("minclass = 3", "minclass = 2")
OLD_PWQUALITY = RULES.replace("# dcredit = 0", "# dcredit = 1")
KEYS = LINUX["key_modes"]
XVNC = 'tcp   LISTEN 0 5 0.0.0.0:5901 0.0.0.0:* users:(("Xvnc",pid=9,fd=3))\n'
COCKPIT = 'tcp   LISTEN 0 5 *:9090 *:* users:(("systemd",pid=1,fd=9))\n'
ROOT_AT = "/usr/sbin/sshd -T -C user=root,host={},addr={}"


def sshd(old: str, new: str) -> Said:
    """What sshd says, but for this."""
    assert old in SSHD
    return {SSHD_T: SSHD.replace(old, new)}


def block(words: str, **said: str) -> Said:
    """A Match block, and what sshd says of permitrootlogin for connections by address."""
    answers = {
        ROOT_AT.format("host.example.gov", key.strip("_").replace("_", ".")): value for key, value in said.items()
    }
    return {LINUX[BLOCKS]: f"/etc/ssh/sshd_config:{words}\n", **answers}


CASES: list[tuple[str, Said, Outcome, str]] = [
    # empty passwords
    ("LNX-IAa-01", {}, MET, "root、ops"),
    ("LNX-IAa-01", {SHADOW_FILE: SHADOW + "guest:none::0:99999:7::\n"}, NOT_MET, "guest"),
    ("LNX-IAa-01", {PASSWD: ACCOUNTS + "games::12:100::/:/bin/sh\n"}, NOT_MET, "games"),
    ("LNX-IAa-01", {SHADOW_FILE: SHADOW + "+:none::::::\n-old:none::::::\n"}, MET, "3 个账户"),
    ("LNX-IAa-01", {SHADOW_FILE: SHADOW + "?:odd::::::\n"}, MANUAL, "无法识别"),
    ("LNX-IAa-01", {PASSWD: ACCOUNTS + "late:x:1001:1::/:/bin/sh\n"}, MANUAL, "late"),
    ("LNX-IAa-01", {SHADOW_FILE: SHADOW.replace("\n", "\r\n")}, MET, "root"),
    ("LNX-IAa-01", {SHADOW_FILE: SHADOW.encode() + "网管:none::::::\n".encode("gbk")}, NOT_MET, "\\x"),
    ("LNX-IAa-01", {SHADOW_FILE: DENIED}, MANUAL, "denied"),
    ("LNX-IAa-01", {SHADOW_FILE: ""}, MANUAL, "/etc/shadow"),
    # complexity
    ("LNX-IAa-03", {}, MET, "passwd → system-auth: pam_pwquality minlen=8 minclass=3"),
    ("LNX-IAa-03", {CONF: WEAK_PWQUALITY}, NOT_MET, "minclass=2"),
    ("LNX-IAa-03", {CONF: ""}, NOT_MET, "minclass=0"),
    ("LNX-IAa-03", {CONF: OLD_PWQUALITY}, MANUAL, "7 位"),
    ("LNX-IAa-03", {CONF: RULES + "/etc/security/pwquality.conf:enforcing = 0\n"}, NOT_MET, "enforcing=0"),
    ("LNX-IAa-03", {CONF: "/etc/security/pwquality.conf.d/10.conf:minlen=12\n" + RULES}, MET, "minlen=8"),
    ("LNX-IAa-03", {CONF: "/etc/security/pwquality.conf.d/10.conf:minclass = 4 # 四类\r\n"}, MET, "minclass=4"),
    (
        "LNX-IAa-03",
        {CONF: "/etc/security/pwquality.conf:minlen = 12\n/etc/security/pwquality.conf:minlen = 6\n"},
        NOT_MET,
        "=6",
    ),
    ("LNX-IAa-03", {CONF: RULES.replace("minlen = 8", "minlen = acht")}, MANUAL, "acht"),
    ("LNX-IAa-03", {CONF: "", PAM_FILES: PAM_R6}, MET, "pam_cracklib minlen=8"),
    ("LNX-IAa-03", {PAM_FILES: PAM_R6.replace(" ocredit=-1", "")}, MANUAL, "7 位"),
    ("LNX-IAa-03", {PAM_FILES: PAM_R6.replace("minlen=8", "minlen=6")}, NOT_MET, "minlen=6"),
    ("LNX-IAa-03", {PAM_FILES: PAM_DEB}, MET, "common-password: pam_pwquality"),
    ("LNX-IAa-03", {PAM_FILES: PAM_DEB.replace("retry=3", "minlen=6 retry=3")}, NOT_MET, "minlen=6"),
    (
        "LNX-IAa-03",
        {PAM_FILES: PAM.replace("password    requisite     pam_pw", "password optional pam_pw")},
        NOT_MET,
        "sshd",
    ),
    (
        "LNX-IAa-03",
        {PAM_FILES: PAM_DEB.replace("pam_pwquality.so retry=3", "pam_passwdqc.so min=8")},
        MANUAL,
        "passwdqc",
    ),
    ("LNX-IAa-03", {PAM_FILES: PAM.replace("password-auth:password    requisite     pam_pwq", "x:")}, NOT_MET, "sshd"),
    (
        "LNX-IAa-03",
        {PAM_FILES: PAM_DEB.replace("/etc/pam.d/common-password:", "/etc/pam.d/x:")},
        MANUAL,
        "common-password",
    ),
    (
        "LNX-IAa-03",
        {PAM_FILES: PAM_DEB + "/etc/pam.d/common-password:@include common-password\n"},
        MANUAL,
        "common-password",
    ),
    ("LNX-IAa-03", {PAM_FILES: ""}, MANUAL, "/etc/pam.d"),
    ("LNX-IAa-03", {PAM_FILES: "/etc/pam.d/other:password required pam_deny.so\n"}, MANUAL, "目录服务"),
    ("LNX-IAa-03", {PAM_FILES: PAM.replace("login:password", "login:session")}, MET, "sshd"),
    ("LNX-IAa-03", {PAM_FILES: "/etc/pam.d/other:password required pam_unix.so\n"}, NOT_MET, "other"),
    ("LNX-IAa-03", {CONF: DENIED}, MANUAL, "denied"),
    # age of each account
    ("LNX-IAa-04", {}, MET, "root(90)、ops(90)"),
    ("LNX-IAa-04", {SHADOW_FILE: SHADOW.replace("ops:$6$:20750:0:90", "ops:$6$:20750:0:99999")}, NOT_MET, "ops(99999)"),
    ("LNX-IAa-04", {SHADOW_FILE: SHADOW.replace("ops:$6$:20750:0:90", "ops:$6$:20750:0:")}, NOT_MET, "ops()"),
    ("LNX-IAa-04", {SHADOW_FILE: SHADOW.replace("ops:$6$:20750:0:90", "ops:$6$:20750:0:-1")}, NOT_MET, "ops(-1)"),
    ("LNX-IAa-04", {SHADOW_FILE: SHADOW.replace("ops:$6$:20750:0:90", "ops:!$6$:20750:0:99999")}, MET, "root(90)"),
    ("LNX-IAa-04", {SHADOW_FILE: DENIED}, MANUAL, "denied"),
    # history
    ("LNX-IAa-05", {}, MET, "sshd remember=5"),
    ("LNX-IAa-05", {PAM_FILES: PAM.replace("remember=5", "remember=3")}, NOT_MET, "passwd remember=3"),
    ("LNX-IAa-05", {PAM_FILES: PAM.replace("required      pam_pwhistory", "optional pam_pwhistory")}, NOT_MET, "=0"),
    ("LNX-IAa-05", {PAM_FILES: PAM.replace(" remember=5", "")}, MET, "remember=10"),
    (
        "LNX-IAa-05",
        {PAM_FILES: PAM.replace(" remember=5", ""), CONF: "/etc/security/pwhistory.conf:remember = 2\n"},
        NOT_MET,
        "passwd remember=2",
    ),
    ("LNX-IAa-05", {PAM_FILES: PAM_R6}, MET, "login remember=5"),
    ("LNX-IAa-05", {PAM_FILES: PAM_R6.replace(" remember=5", "")}, NOT_MET, "login remember=0"),
    ("LNX-IAa-05", {PAM_FILES: MISSING}, MANUAL, "没有这个命令"),
    # hashes
    ("LNX-IAa-06", {}, MET, "sha512"),
    ("LNX-IAa-06", {SHADOW_FILE: SHADOW.replace("ops:$6$", "ops:$1$")}, NOT_MET, "ops($1$)"),
    ("LNX-IAa-06", {SHADOW_FILE: SHADOW.replace("ops:$6$", "ops:!des")}, NOT_MET, "ops(des)"),
    ("LNX-IAa-06", {SHADOW_FILE: SHADOW.replace("ops:$6$", "ops:$sm3$")}, MET, "$sm3$"),
    ("LNX-IAa-06", {PASSWD: ACCOUNTS.replace("ops:x", "ops:hash")}, NOT_MET, "ops(/etc/passwd)"),
    ("LNX-IAa-06", {PAM_FILES: PAM.replace("sha512", "md5")}, NOT_MET, "md5"),
    ("LNX-IAa-06", {PAM_FILES: PAM.replace("sha512 ", "")}, MANUAL, "没有写明"),
    ("LNX-IAa-06", {PAM_FILES: PAM_DEB}, MET, "yescrypt"),
    (
        "LNX-IAa-06",
        {PAM_FILES: PAM.replace("sha512 ", ""), LOGIN_DEFS: "PASS_MAX_DAYS 90\nENCRYPT_METHOD MD5\n"},
        NOT_MET,
        "MD5",
    ),
    ("LNX-IAa-06", {SHADOW_FILE: MISSING}, MANUAL, "没有这个命令"),
    ("LNX-DCb-02", {}, MET, "sha512"),
    ("LNX-DCb-02", {SHADOW_FILE: SHADOW.replace("ops:$6$", "ops:$1$")}, NOT_MET, "ops($1$)"),
    # sshd trusts nobody
    ("LNX-IAa-07", {}, MET, "permitemptypasswords no"),
    ("LNX-IAa-07", sshd("permitemptypasswords no", "permitemptypasswords yes"), NOT_MET, "permitemptypasswords yes"),
    ("LNX-IAa-07", sshd("ignorerhosts yes", "ignorerhosts shosts-only"), NOT_MET, "shosts-only"),
    ("LNX-IAa-07", sshd("hostbasedauthentication no\n", ""), MANUAL, "hostbasedauthentication"),
    ("LNX-IAa-07", block("Match User sftp*"), MANUAL, "Match User sftp*"),
    ("LNX-IPb-04", {}, MET, "x11forwarding no"),
    ("LNX-IPb-04", sshd("x11forwarding no", "x11forwarding yes"), NOT_MET, "x11forwarding yes"),
    ("LNX-IPb-04", {SSHD_T: MISSING}, MANUAL, "没有这个命令"),
    # locking
    ("LNX-IAb-01", {}, MET, "sshd: pam_faillock deny=3 unlock_time=300 even_deny_root"),
    ("LNX-IAb-01", {PAM_FILES: UNLOCKED}, NOT_MET, "sshd、login"),
    ("LNX-IAb-01", {PAM_FILES: LATE}, NOT_MET, "login"),
    ("LNX-IAb-01", {PAM_FILES: f"/etc/pam.d/sshd:{TALLY}\n" + UNLOCKED}, NOT_MET, "：login"),
    ("LNX-IAb-01", {PAM_FILES: PAM.replace("preauth silent", "authfail")}, NOT_MET, "sshd"),
    (
        "LNX-IAb-01",
        {PAM_FILES: PAM.replace("[default=die] pam_faillock.so authfail", "optional pam_x.so")},
        NOT_MET,
        "sshd",
    ),
    ("LNX-IAb-01", {CONF: RULES.replace("deny = 3", "deny = 10")}, NOT_MET, "deny=10"),
    ("LNX-IAb-01", {CONF: RULES.replace("deny = 3", "deny = 0")}, NOT_MET, "deny=0"),
    ("LNX-IAb-01", {CONF: RULES.replace("unlock_time = 300", "unlock_time = 60")}, NOT_MET, "unlock_time=60"),
    ("LNX-IAb-01", {CONF: RULES.replace("unlock_time = 300", "unlock_time = never")}, MET, "unlock_time=never"),
    (
        "LNX-IAb-01",
        {CONF: RULES.replace("faillock.conf:even_deny_root", "faillock.conf:# even_deny_root")},
        MANUAL,
        "root",
    ),
    ("LNX-IAb-01", {CONF: "", PAM_FILES: PAM.replace("authfail", "authfail deny=6")}, NOT_MET, "deny=6"),
    (
        "LNX-IAb-01",
        {PAM_FILES: PAM.replace("account     required      pam_faillock.so", "account required pam_x.so")},
        MANUAL,
        "3",
    ),
    ("LNX-IAb-01", {CONF: "", PAM_FILES: PAM_OPENEULER}, NOT_MET, "deny=3 unlock_time=60 even_deny_root"),
    ("LNX-IAb-01", {CONF: "", PAM_FILES: PAM_OPENEULER.replace("time=60", "time=300")}, MET, "unlock_time=300"),
    ("LNX-IAb-01", {PAM_FILES: PAM_R6}, MET, "login: pam_tally2 deny=5 unlock_time=300"),
    ("LNX-IAb-01", {PAM_FILES: PAM_R6.replace("deny=5 ", "")}, NOT_MET, "deny=0"),
    ("LNX-IAb-01", {PAM_FILES: PAM_R6.replace("unlock_time=300 ", "")}, MET, "unlock_time=never"),
    ("LNX-IAb-01", {PAM_FILES: PAM_DEB}, MET, "login: pam_faillock deny=3"),
    (
        "LNX-IAb-01",
        {PAM_FILES: PAM_DEB.replace("requisite\tpam_faillock.so preauth", "required\tpam_x.so")},
        MET,
        "sshd",
    ),
    (
        "LNX-IAb-01",
        {
            PAM_FILES: PAM_DEB.replace("pam_faillock.so preauth", "pam_x.so").replace(
                "success=1 default=ig", "success=3 default=ig"
            )
        },
        NOT_MET,
        "login",
    ),
    (
        "LNX-IAb-01",
        {
            PAM_FILES: PAM_DEB.replace("pam_faillock.so preauth", "pam_x.so").replace(
                "[success=1 default=ignore]\tpam_u", "sufficient\tpam_u"
            )
        },
        NOT_MET,
        "login",
    ),
    ("LNX-IAb-01", {PAM_FILES: "/etc/pam.d/sshd:auth required pam_sss.so\n"}, MANUAL, "目录服务"),
    ("LNX-IAb-01", sshd("usepam yes", "usepam no"), NOT_MET, "usepam"),
    (
        "LNX-IAb-01",
        {PAM_FILES: PAM.replace("include      password-auth", "include      site-auth")},
        MANUAL,
        "site-auth",
    ),
    ("LNX-IAb-01", {PAM_FILES: DENIED}, MANUAL, "denied"),
    # consoles
    ("LNX-IAc-03", {}, MET, "22"),
    ("LNX-IAc-03", {"ss -lntup": SS + XVNC}, MANUAL, "Xvnc"),
    ("LNX-IAc-03", {"ss -lntup": SS + "udp UNCONN 0 0 0.0.0.0:177 0.0.0.0:*\n"}, NOT_MET, "177"),
    ("LNX-IAc-03", {"ss -lntup": SS + COCKPIT}, MANUAL, "9090"),
    (
        "LNX-IAc-03",
        {"ss -lntup": SS + COCKPIT, LINUX["consoles"]: "/etc/cockpit/cockpit.conf:AllowUnencrypted = true\r\n"},
        NOT_MET,
        "allowunencrypted=true",
    ),
    (
        "LNX-IAc-03",
        {"ss -lntup": SS + COCKPIT.replace("9090", "10000"), LINUX["consoles"]: "/etc/webmin/miniserv.conf:ssl=0\n"},
        NOT_MET,
        "ssl=0",
    ),
    ("LNX-IAc-03", {LINUX["consoles"]: "/etc/webmin/miniserv.conf:ssl=0\n"}, MET, "22"),
    ("LNX-IAc-03", {"ss -lntup": MISSING}, MANUAL, "netstat"),
    # two factors
    ("LNX-IAd-01", {}, MET, "publickey,keyboard-interactive"),
    ("LNX-IAd-01", sshd("authenticationmethods publickey,keyboard-interactive\n", ""), MANUAL, "any"),
    (
        "LNX-IAd-01",
        sshd("methods publickey,keyboard-interactive", "methods publickey,password password"),
        MANUAL,
        "堡垒机",
    ),
    (
        "LNX-IAd-01",
        sshd("methods publickey,keyboard-interactive", "methods password,keyboard-interactive"),
        MANUAL,
        "堡垒机",
    ),
    (
        "LNX-IAd-01",
        {
            SSHD_T: SSHD.replace("methods publickey,keyboard-interactive", "methods any").replace(
                "yauthentication yes", "yauthentication no"
            ),
            PAM_FILES: "/etc/pam.d/sshd:auth required pam_google_authenticator.so\n" + PAM,
        },
        MET,
        "pam_google_authenticator",
    ),
    (
        "LNX-IAd-01",
        {
            SSHD_T: SSHD.replace("methods publickey,keyboard-interactive", "methods any").replace(
                "yauthentication yes", "yauthentication no"
            ),
            PAM_FILES: "/etc/pam.d/sshd:auth required pam_google_authenticator.so nullok\n" + PAM,
        },
        MANUAL,
        "nullok",
    ),
    ("LNX-IAd-01", sshd("methods publickey,keyboard-interactive", "methods publickey"), MANUAL, "methods publickey"),
    (
        "LNX-IAd-01",
        {
            SSHD_T: SSHD.replace("methods publickey,keyboard-interactive", "methods any"),
            PAM_FILES: "/etc/pam.d/sshd:auth required pam_google_authenticator.so\n" + PAM,
        },
        MANUAL,
        "pubkeyauthentication yes",
    ),
    ("LNX-IAd-01", {SSHD_T: MISSING}, MANUAL, "没有这个命令"),
    # system accounts
    ("LNX-ACa-01", {}, MET, "1000"),
    (
        "LNX-ACa-01",
        {PASSWD: ACCOUNTS + "postgres:x:26:26::/var/lib/pgsql:/bin/bash\n"},
        NOT_MET,
        "postgres(26) /bin/bash",
    ),
    ("LNX-ACa-01", {PASSWD: ACCOUNTS + "old:x:26:26::/:\n"}, NOT_MET, "old(26)"),
    ("LNX-ACa-01", {PASSWD: ACCOUNTS + "sync:x:5:0:sync:/sbin:/bin/sync\n"}, MET, "2 个"),
    (
        "LNX-ACa-01",
        {PASSWD: ACCOUNTS + "u:x:501:501::/:/bin/bash\n", LOGIN_DEFS: "PASS_MAX_DAYS 90\nUID_MIN 500\n"},
        MET,
        "500",
    ),
    ("LNX-ACa-01", {LOGIN_DEFS: "UID_MIN many\n"}, MANUAL, "many"),
    ("LNX-ACa-01", {PASSWD: ""}, MANUAL, "passwd"),
    # jobs, profiles, files that everybody may write
    (
        "LNX-ACa-02",
        {LINUX["script_modes"]: SCRIPTS.replace("644 root root /etc/crontab", "666 root root /etc/crontab")},
        NOT_MET,
        "666",
    ),
    (
        "LNX-ACa-02",
        {LINUX["script_modes"]: SCRIPTS.replace("755 root root /etc/cron.d", "755 ops root /etc/cron.d")},
        NOT_MET,
        "ops",
    ),
    ("LNX-ACa-02", {LINUX["world_writable"]: "/usr/bin/find\n/etc/网管.conf\n"}, NOT_MET, "/etc/网管.conf"),
    ("LNX-ACa-02", {LINUX["world_writable"]: ""}, MANUAL, "表头"),
    ("LNX-ACa-02", {LINUX["script_modes"]: MISSING}, MANUAL, "没有这个命令"),
    ("LNX-ACa-04", {}, MET, "四层"),
    ("LNX-ACa-04", {LINUX["unowned"]: "/usr/bin/find\n/opt/old app/x\n"}, NOT_MET, "/opt/old app/x"),
    ("LNX-ACa-04", {LINUX["unowned"]: MISSING}, MANUAL, "没有这个命令"),
    ("LNX-ACa-05", {}, MET, "软件包"),
    ("LNX-ACa-05", {LINUX["setuid"]: "/usr/bin/rpm\n4755 root root /opt/agent/run\n"}, MANUAL, "/opt/agent/run"),
    ("LNX-ACa-05", {LINUX["setuid"]: "/usr/bin/rpm\n4755 root root /tmp/.x\n"}, NOT_MET, "/tmp/.x"),
    ("LNX-ACa-05", {LINUX["setuid"]: "/usr/bin/dpkg\n4777 root root /opt/x\n"}, NOT_MET, "4777"),
    ("LNX-ACa-05", {LINUX["setuid"]: Answer(1, b"", b"", 0)}, MANUAL, "退出状态 1"),
    # default password
    ("LNX-ACb-01", {}, MET, "2026-05-28"),
    ("LNX-ACb-01", {SHADOW_FILE: SHADOW.replace("root:$6$", "root:none")}, NOT_MET, "root"),
    ("LNX-ACb-01", {SHADOW_FILE: SHADOW.replace("root:$6$", "root:!none")}, MET, "没有可用的口令"),
    ("LNX-ACb-01", {SHADOW_FILE: SHADOW.replace("root:$6$:20700", "root:$6$:20000")}, MANUAL, "2024-10-04"),
    ("LNX-ACb-01", {SHADOW_FILE: SHADOW.replace("root:$6$:20700", "root:$6$:")}, MANUAL, "-"),
    ("LNX-ACb-01", {LINUX["installed"]: Answer(1, b"", b"stat: no installer\n", 0)}, MANUAL, "no installer"),
    # Match blocks
    ("LNX-ACb-02", block("Match User root", _192_0_2_1="permitrootlogin no\n"), MET, "addr=192.0.2.1"),
    ("LNX-ACb-02", block("Match User root", _192_0_2_1="permitrootlogin yes\n"), NOT_MET, "yes"),
    (
        "LNX-ACb-02",
        block("match address 198.51.100.0/24", _198_51_100_0="permitrootlogin yes\n"),
        NOT_MET,
        "198.51.100.0",
    ),
    ("LNX-ACb-02", block('Match Address "198.51.100.*"', _198_51_100_1="permitrootlogin no\n"), MET, "198.51.100.1"),
    ("LNX-ACb-02", block("Match Address 192.0.2.0/24,!192.0.2.9"), MANUAL, "!192.0.2.9"),
    ("LNX-ACb-02", block("Match all", _192_0_2_1="permitrootlogin no\n"), MET, "no"),
    ("LNX-ACb-02", {LINUX[BLOCKS]: "/etc/ssh/sshd_config:Match Address $(id)\n"}, MANUAL, "$(id)"),
    # unused accounts
    ("LNX-ACc-01", {}, MET, "ops"),
    (
        "LNX-ACc-01",
        {
            "lastlog": LASTLOG.replace("Nov 19", "Jan  9"),
            SHADOW_FILE: SHADOW.replace("20750", "20000"),
            LINUX["processes"]: "0 init\n",
        },
        NOT_MET,
        "Jan  9",
    ),
    (
        "LNX-ACc-01",
        {"lastlog": LASTLOG.replace("Nov 19", "Jan  9"), SHADOW_FILE: SHADOW.replace("20750", "20000")},
        MET,
        "ops",
    ),
    ("LNX-ACc-01", {"lastlog": LASTLOG.replace("Nov 19", "Jan  9"), LINUX["processes"]: "0 init\n"}, MET, "ops"),
    (
        "LNX-ACc-01",
        {PASSWD: ACCOUNTS + "old:x:1001:1::/:/bin/bash\n", SHADOW_FILE: SHADOW + "old:$6$:20000:0:90:7::\n"},
        NOT_MET,
        "old(从未登录)",
    ),
    (
        "LNX-ACc-01",
        {PASSWD: ACCOUNTS + "old:x:1001:1::/:/bin/bash\n", SHADOW_FILE: SHADOW + "old:!$6$:20000:0:90:7::\n"},
        MET,
        "ops",
    ),
    ("LNX-ACc-01", {"lastlog": "garbage\n"}, MANUAL, "表头"),
    ("LNX-ACc-01", {"lastlog": MISSING}, MANUAL, "没有这个命令"),
    # sudo and su
    ("LNX-ACd-01", {}, MET, "%wheel ALL=(ALL) ALL"),
    (
        "LNX-ACd-01",
        {LINUX["sudoers"]: SUDOERS + "/etc/sudoers.d/90-cloud-init-users:ubuntu ALL=(ALL) NOPASSWD:ALL\n"},
        NOT_MET,
        "ubuntu",
    ),
    (
        "LNX-ACd-01",
        {LINUX["sudoers"]: SUDOERS + "/etc/sudoers:a ALL=(ALL:ALL) NOPASSWD: /bin/ls, SETENV: ALL\n"},
        NOT_MET,
        "a ALL",
    ),
    (
        "LNX-ACd-01",
        {LINUX["sudoers"]: SUDOERS + "/etc/sudoers:a ALL=(ALL) NOPASSWD: /bin/ls, PASSWD: ALL\n"},
        MET,
        "a ALL",
    ),
    ("LNX-ACd-01", {LINUX["sudoers"]: SUDOERS + "/etc/sudoers:Defaults:ops !authenticate\n"}, NOT_MET, "authenticate"),
    ("LNX-ACd-01", {LINUX["sudoers"]: SUDOERS + "/etc/sudoers.d/old.bak:a ALL=(ALL) NOPASSWD: ALL\n"}, MET, "wheel"),
    (
        "LNX-ACd-01",
        {LINUX["sudoers"]: "/etc/sudoers:root ALL=(ALL) ALL\n/etc/sudoers.d/a:a ALL=NOPASSWD: ALL\n"},
        MET,
        "root",
    ),
    ("LNX-ACd-01", {LINUX["sudoers"]: SUDOERS + "/etc/sudoers:@include /etc/sudoers.site\n"}, MANUAL, "sudoers.site"),
    ("LNX-ACd-01", {LINUX["sudoers"]: ""}, MANUAL, "sudo"),
    ("LNX-ACd-03", {}, MET, "pam_wheel use_uid"),
    ("LNX-ACd-03", {PAM_FILES: PAM_R6}, NOT_MET, "pam_wheel"),
    (
        "LNX-ACd-03",
        {PAM_FILES: PAM.replace("required        pam_wheel.so use_uid", "sufficient pam_wheel.so trust")},
        NOT_MET,
        "trust",
    ),
    ("LNX-ACd-03", {PAM_FILES: DENIED}, MANUAL, "denied"),
    # what runs as root
    ("LNX-ACd-02", {}, MET, "mysqld(27)"),
    ("LNX-ACd-02", {LINUX["processes"]: PROCESSES + "0 redis-server \n"}, NOT_MET, "redis-server"),
    ("LNX-ACd-02", {LINUX["processes"]: PROCESSES + "0 java catalina\n"}, NOT_MET, "java catalina"),
    ("LNX-ACd-02", {LINUX["processes"]: PROCESSES.replace("990 nginx", "")}, NOT_MET, "nginx"),
    ("LNX-ACd-02", {LINUX["processes"]: PROCESSES + "0 php-fpm7.4\n33 php-fpm7.4\n"}, MET, "php-fpm7.4(33)"),
    ("LNX-ACd-02", {LINUX["processes"]: ""}, MANUAL, "ps"),
    ("LNX-ACd-02", {LINUX["processes"]: "ps: unknown option\n"}, MANUAL, "已知格式"),
    # who may change policy
    ("LNX-ACe-01", {}, MET, "412"),
    (
        "LNX-ACe-01",
        {LINUX["policy_writers"]: "-rw-rw-r--. 1 0 1000 9 Nov 1 10:00 /etc/cron.d/x\nseen 9\n"},
        NOT_MET,
        "/etc/cron.d/x",
    ),
    (
        "LNX-ACe-01",
        {LINUX["policy_writers"]: "-rw-r--r-- 1 1000 0 9 Nov 1 10:00 /etc/sudoers.d/x\nseen 9\n"},
        NOT_MET,
        "1000",
    ),
    (
        "LNX-ACe-01",
        {LINUX["policy_writers"]: "-rw-r-----+ 1 0 0 9 Nov 1 10:00 /etc/sudoers.d/x\nseen 9\n"},
        MANUAL,
        "+",
    ),
    ("LNX-ACe-01", {LINUX["policy_writers"]: "seen 0\n"}, MANUAL, "没有可用"),
    ("LNX-ACe-01", {LINUX["policy_writers"]: "ls: bad option\n"}, MANUAL, "没有可用"),
    # granularity and labels
    ("LNX-ACf-01", {}, MET, "/ xfs"),
    ("LNX-ACf-01", {LINUX["file_systems"]: "/ ext4\n/data vfat\n"}, NOT_MET, "/data vfat"),
    ("LNX-ACf-01", {LINUX["file_systems"]: ""}, MANUAL, "/proc/mounts"),
    ("LNX-ACg-01", {}, MET, "Enforcing"),
    ("LNX-ACg-01", {LINUX["mandatory_access"]: MANDATORY.replace("Enforcing", "Permissive")}, NOT_MET, "Permissive"),
    ("LNX-ACg-01", {LINUX["mandatory_access"]: MANDATORY.replace("=enforcing", "=permissive")}, MANUAL, "permissive"),
    ("LNX-ACg-01", {LINUX["mandatory_access"]: "asked\n"}, NOT_MET, "-"),
    ("LNX-ACg-01", {LINUX["mandatory_access"]: "asked\napparmor\n"}, NOT_MET, "apparmor"),
    ("LNX-ACg-01", {LINUX["mandatory_access"]: "asked\nKySec status: enabled\n\nexec control : on\n"}, MANUAL, "KySec"),
    ("LNX-ACg-01", {LINUX["mandatory_access"]: "asked\nKySec status: disabled\n"}, NOT_MET, "disabled"),
    ("LNX-ACg-01", {LINUX["mandatory_access"]: MISSING}, MANUAL, "没有这个命令"),
    # keys and residue
    ("LNX-DCb-01", {}, MET, "ssh_keys"),
    ("LNX-DCb-01", {KEYS: "644 root root /etc/pki/tls/private/site.pem\n"}, NOT_MET, "644"),
    ("LNX-DCb-01", {KEYS: "640 root users /etc/ssh/ssh_host_rsa_key\n"}, NOT_MET, "users"),
    ("LNX-DCb-01", {KEYS: ""}, MANUAL, "私钥"),
    ("LNX-RIa-01", {}, MET, "HISTSIZE=100"),
    ("LNX-RIa-01", {LINUX["shell_settings"]: SETTINGS.replace("=100", "=1000")}, NOT_MET, "1000"),
    ("LNX-RIa-01", {LINUX["shell_settings"]: ""}, NOT_MET, "HISTSIZE"),
    ("LNX-RIa-01", {LINUX["shell_settings"]: "/etc/profile:HISTSIZE=$SIZE\n"}, MANUAL, "$SIZE"),
    (
        "LNX-RIa-01",
        {LINUX["shell_settings"]: "/etc/profile:HISTSIZE=100\n/etc/bashrc:HISTFILESIZE=\n"},
        MANUAL,
        "/etc/bashrc",
    ),
    (
        "LNX-RIa-01",
        {LINUX["shell_settings"]: "/etc/profile:HISTSIZE=50\n/etc/profile:export USER HISTSIZE\n"},
        MET,
        "=50",
    ),
    ("LNX-RIa-01", {"cat -- /proc/sys/fs/suid_dumpable": "2\n"}, NOT_MET, "suid_dumpable 2"),
    ("LNX-RIa-01", {"cat -- /proc/sys/fs/suid_dumpable": "x\n"}, MANUAL, "x"),
]
# The host cannot deny it: a bastion may ask for the second kind.
NEVER_DENIED = {"LNX-IAd-01"}


@pytest.mark.parametrize(("check", "said", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(check: str, said: Said, outcome: Outcome, quoted: str) -> None:
    found = result(check, said)
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", sorted({each[0] for each in CASES} - {"LNX-IAa-04", "LNX-ACa-02"}))
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    outcomes = {outcome for id_, _, outcome, _ in CASES if id_ == check}
    assert {MET} | ({NOT_MET} - ({NOT_MET} if check in NEVER_DENIED else set())) <= outcomes


@pytest.mark.parametrize("check", sorted({each[0] for each in CASES}))
@pytest.mark.parametrize("spoilt", [MISSING, DENIED, Answer(0, b"\xff\x00garbage:::\n %s {0}\n", b"", 0)])
def test_what_cannot_be_read_or_understood_is_never_met(check: str, spoilt: Answer) -> None:
    found = result(check, dict.fromkeys(result(check).commands, spoilt))
    assert found.outcome is not MET, found.observed


@settings(max_examples=60, deadline=None)
@given(data=st.data(), check=st.sampled_from(sorted({each[0] for each in CASES})))
def test_whatever_a_host_prints_gives_a_verdict(data: st.DataObject, check: str) -> None:
    lines = st.sampled_from(
        [line for text in (SHADOW, PAM, RULES, SUDOERS, SCRIPTS, LASTLOG) for line in text.split("\n")]
    )
    printed = st.lists(lines | st.text(max_size=60), max_size=12).map("\n".join)
    said: Said = {each: data.draw(printed) for each in result(check).commands}
    assert result(check, said).observed


def test_masking_leaves_all_that_these_checks_need() -> None:
    for printed in (*ANSWERS.values(), PAM_R6, PAM_DEB, PAM_OPENEULER):
        assert masked(printed.encode()) == printed.encode()


def test_a_sound_host_shows_only_what_its_checks_see_whole() -> None:
    units = {each.unit.id: each for each in assessed().units}
    assert units["L3-CES1-01"].sub_checks == (MANUAL, MANUAL, MET, MANUAL)
    assert units["L3-CES1-02"].sub_checks == (MET, MET, MANUAL)
    assert units["L3-CES1-08"].sub_checks == (MANUAL, MANUAL, MANUAL)
    assert units["L3-CES1-10"].judgement is Judgement.MET
    assert {units[f"L3-CES1-{number}"].judgement for number in ("04", "05", "06", "07", "09", "11")} == {Judgement.OPEN}


def test_a_match_block_is_tried_by_a_connection_that_only_this_host_is_asked_about() -> None:
    said = block("Match Address 198.51.100.0/24,203.0.113.7", _198_51_100_0="permitrootlogin no\n")
    wanted = [each.text for each in checking.Questions(CATALOGUE).wanted(transcript(said))]
    assert wanted == [ROOT_AT.format("host.example.gov", "203.0.113.7")]


@given(st.text())
def test_no_block_can_bring_anything_but_names_and_addresses_into_a_command(words: str) -> None:
    declarations = CATALOGUE.declarations("linux")
    for connection in matches.connections(f"/etc/ssh/sshd_config:Match {words}", "root"):
        if connection:
            declarations.verify(Command("/usr/sbin/sshd -T -C %s", (connection,)))
