"""Records as real changes would leave them, for tests of what reads and shows them. Nothing here ships."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from anwei.record import chain
from tests.sample_assessments import HOSTILE

START = datetime(2026, 11, 21, 14, 3, 11, tzinfo=UTC)
RELEASES = ["Kylin V10 SP3", "CentOS 7.9", "openEuler 22.03 LTS-SP3"]

Entries = list[chain.Entry]


class Script:
    """Writes a record event by event, with the time that each is to have."""

    def __init__(self, algorithm: str = "sha256") -> None:
        self.algorithm, self.entries, self.now = algorithm, Entries(), START

    def tell(self, event: str, data: Mapping[str, Any], seconds: float = 0, torn: int = 0) -> None:
        """One more event, so many seconds after the last."""
        self.now += timedelta(seconds=seconds)
        before = self.entries[-1] if self.entries else None
        made = chain.entry(before, f"{self.now:%Y-%m-%dT%H:%M:%SZ}", event, data, self.algorithm)
        self.entries.append(chain.sealed({**made, "torn": torn}, self.algorithm) if torn else made)

    def opened(self, change: str, title: str, **more: Any) -> None:
        """The head of the record."""
        usual = {
            "change": change,
            "title": title,
            "action": "harden",
            "action_title": "加固 sshd 的登录与算法",
            "estate": "trading",
            "estate_title": "公共资源交易中心",
            "algorithm": self.algorithm,
            "node": "ctl-1",
            "risk": "高",
            "clauses": ["8.1.4.1 c", "8.1.4.2 b"],
            "owner": "yunwei-1@example.gov",
            "window": {"from": "2026-11-21 22:00", "to": "2026-11-22 02:00"},
            "reason": "等级保护测评发现允许 root 直接登录，且仍接受弱算法",
        }
        self.tell("opened", {**usual, **more})

    def begun(self, waves: Sequence[Sequence[str]], mode: str = "normal", **more: Any) -> None:
        """The gate let it through."""
        hosts = [name for wave in waves for name in wave]
        usual = {
            "by": "yunwei-1@example.gov",
            "commit": hashlib.sha1(b"commit", usedforsecurity=False).hexdigest(),
            "plan": hashlib.sha256(b"plan").hexdigest(),
            "mode": mode,
            "approvals": [approval("yezhu-1", "业主"), approval("anquan-1", "安全")],
            "authors": ["yunwei-2@example.gov"],
            "waves": [list(wave) for wave in waves],
            "left_out": {},
            "hosts": {name: facts(name) for name in hosts},
            "resumed": False,
        }
        self.tell("begun", {**usual, **more}, 4)

    def gate(self, *bad: str) -> None:
        """What the gate looked at."""
        said = {
            "approved": "2 个不同密钥的有效签名，达到高风险变更的要求",
            "window": "在窗口 2026-11-21 22:00 至 2026-11-22 02:00 之内",
            "frozen": "不在重点时期，明天是工作日",
            "rehearsed": "3 个系统版本均有成功的演练记录",
            "lock": "没有其他变更占用这些主机",
        }
        checks = [{"name": name, "ok": name not in bad, "said": sentence} for name, sentence in said.items()]
        self.tell("gate", {"checks": checks}, 1)

    def wave(self, number: int, hosts: Sequence[str], sick: Iterable[str] = (), soak: int = 60) -> bool:
        """A whole wave; if a host is sick afterwards, the wave is taken back."""
        self.health(number, "before", hosts)
        self.tell("applying", {"wave": number, "hosts": list(hosts)}, 1)
        self.tell("applied", {"wave": number, "hosts": {name: applied(name) for name in hosts}}, 9 + len(hosts) // 4)
        self.tell("verified", {"wave": number, "hosts": {name: verified() for name in hosts}}, 4)
        self.health(number, "after", hosts, sick)
        if sick:
            why = f"{next(iter(sick))} 的健康检查在变更后不正常"
            self.take_back(hosts, why, number)
            self.tell("wave", {"wave": number, "outcome": "returned"})
            return False
        self.tell("soaked", {"wave": number, "seconds": soak}, soak)
        self.tell("wave", {"wave": number, "outcome": "kept"})
        return True

    def health(self, wave: int, when: str, hosts: Sequence[str], sick: Iterable[str] = ()) -> None:
        """The health of a wave's hosts."""
        data = {name: health(name, well=name not in sick) for name in hosts}
        self.tell("health", {"wave": wave, "when": when, "hosts": data}, 2)

    def take_back(self, hosts: Sequence[str], why: str, wave: int | None, **more: Any) -> None:
        """A wave, or everything, is taken back."""
        whole = {"wave": wave, "hosts": list(hosts), "over": False, "why": why, "by": "yunwei-1@example.gov", **more}
        self.tell("returning", whole, 1)
        self.tell("returned", {"hosts": {name: returned(name) for name in hosts}}, 6)

    def ended(self, outcome: str, status: int, said: str) -> None:
        """The run's own word."""
        self.tell("ended", {"outcome": outcome, "status": status, "said": said}, 1)


def approval(name: str, role: str) -> dict[str, Any]:
    """A signature."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:43]
    return {"name": f"{name}@example.gov", "roles": [role], "fingerprint": f"SHA256:{digest}", "expires": "2026-11-28"}


def facts(name: str) -> dict[str, str]:
    """What a host is."""
    number = int("".join(filter(str.isdigit, name)) or 0)
    pair = name.rsplit("-", 1)[0] if name.endswith(("-a", "-b")) else ""
    return {
        "release": RELEASES[number % len(RELEASES)],
        "address": f"198.51.{100 + number // 250}.{number % 250 + 1}",
        "ha_group": pair,
    }


def health(name: str, *, well: bool = True) -> list[dict[str, Any]]:
    """A host's health checks."""
    web = {"check": "http", "ok": well, "said": "状态 200，0.04 秒" if well else "状态 502，应为 200", "seconds": 0.04}
    return [
        {"check": "tcp 22", "ok": True, "said": "端口可连", "seconds": 0.01},
        web if well else {**web, "said": f"https://{name}.example.gov/ 状态 502，应为 200"},
    ]


def changes(name: str) -> list[dict[str, Any]]:
    """What the change does to a host: most of it the same everywhere, some of it its own."""
    number = int("".join(filter(str.isdigit, name)) or 0)
    diff = f"""--- /etc/ssh/sshd_config (变更前)
+++ /etc/ssh/sshd_config (变更后)
@@ -{12 + number % 5},7 +{12 + number % 5},8 @@
 Port 22
 ListenAddress {facts(name)["address"]}
-#PermitRootLogin yes
+PermitRootLogin no
-MaxAuthTries 6
+MaxAuthTries 3
+Ciphers aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr
 UsePAM yes
"""
    fields = [
        {"field": "PermitRootLogin", "before": "yes", "after": "no"},
        {"field": "MaxAuthTries", "before": "6", "after": "3"},
        {"field": "Ciphers", "before": None, "after": "aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr"},
    ]
    return [
        {"item": "file:/etc/ssh/sshd_config", "why": "禁止 root 直接登录，只留强算法", "fields": fields, "diff": diff},
        {
            "item": "service:sshd",
            "why": "配置已变，重新加载",
            "fields": [{"field": "reloaded", "before": False, "after": True}],
            "diff": "",
        },
        {
            "item": "file:/etc/anwei/probe",
            "why": "探测账户的口令",
            "fields": [{"field": "content", "before": "******", "after": "******"}],
            "diff": "",
        },
    ]


def applied(name: str, **more: Any) -> dict[str, Any]:
    """What the change did to a host."""
    usual = {
        "ok": True,
        "changed": True,
        "changes": changes(name),
        "former": hashlib.sha256(name.encode()).hexdigest(),
        "code": "",
        "said": "改动 3 项",
        "seconds": 1.9 + len(name) / 10,
        "armed": True,
        "confirmed": True,
        "returned": False,
    }
    return usual | more


def verified(**more: Any) -> dict[str, Any]:
    """What verification found on a host."""
    checks = [
        {"id": "LNX-IAc-01", "title": "无明文远程管理", "outcome": "满足", "said": "监听 22，没有 23"},
        {"id": "LNX-IAc-02", "title": "SSH 加密算法", "outcome": "满足", "said": "sshd -T：只有强算法"},
        {"id": "LNX-IAd-01", "title": "双因素鉴别", "outcome": "需人工核查", "said": "须访谈确认"},
    ]
    return {"ok": True, "said": "与期望一致", "differences": [], "checks": checks, **more}


def returned(name: str, **more: Any) -> dict[str, Any]:
    """What taking back did to a host."""
    former = hashlib.sha256(name.encode()).hexdigest()
    back = [
        {
            "item": "file:/etc/ssh/sshd_config",
            "why": "",
            "fields": [{"field": "PermitRootLogin", "before": "no", "after": "yes"}],
            "diff": "-PermitRootLogin no\n+#PermitRootLogin yes\n",
        }
    ]
    usual = {
        "ok": True,
        "changes": back,
        "conflicts": [],
        "kept": [],
        "former": former,
        "now": former,
        "code": "",
        "said": "已恢复，指纹与变更前相同",
        "undo": f"sh /var/lib/anwei/{name}/undo",
    }
    return usual | more


WAVES = (
    ("canary-1",),
    ("jyweb-2-a", "jydb-3-a", "file-4"),
    ("jyweb-2-b", "jydb-3-b", "elk-5", "nginx-6-a", "nginx-7", "app-8"),
)


def done(algorithm: str = "sha256") -> Entries:
    """Three waves with high-availability pairs, all well; one host is left out."""
    script = Script(algorithm)
    script.opened("2026-11-sshd", "禁止 root 直接登录并收紧算法")
    why = "与批准的计划不符：/etc/ssh/sshd_config 在计划之后被改过"
    script.begun(WAVES, left_out={"old-9": why})
    script.gate()
    for number, hosts in enumerate(WAVES, 1):
        script.wave(number, hosts)
    script.ended("done", 0, "3 批 10 台全部完成；1 台未纳入")
    return script.entries


def failing() -> Entries:
    """The second wave is sick after its change: it is taken back, the third never begins."""
    script = Script()
    script.opened("2026-11-sshd", "禁止 root 直接登录并收紧算法")
    script.begun(WAVES)
    script.gate()
    script.wave(1, WAVES[0])
    script.wave(2, WAVES[1], sick=["jyweb-2-a"])
    script.ended("returned", 4, "第 2 批变更后 jyweb-2-a 不正常，已整批回退；第 1 批保留，第 3 批未执行")
    return script.entries


def interrupted() -> Entries:
    """Killed while the second wave was written; gone on an hour later, and done."""
    script = Script()
    script.opened("2026-11-sshd", "禁止 root 直接登录并收紧算法")
    script.begun(WAVES)
    script.gate()
    script.wave(1, WAVES[0])
    script.health(2, "before", WAVES[1])
    script.tell("applying", {"wave": 2, "hosts": list(WAVES[1])}, 1)
    script.tell("interrupted", {"after": "applying", "said": "上一次运行在写入第 2 批时中断"}, 3600, torn=211)
    script.begun(WAVES, resumed=True)
    script.gate()
    script.wave(2, WAVES[1])
    script.wave(3, WAVES[2])
    script.ended("done", 0, "接着上一次完成")
    return script.entries


def running() -> Entries:
    """Still at its second wave, or dead: nobody can tell."""
    whole = interrupted()
    return whole[: next(number for number, entry in enumerate(whole) if entry["event"] == "interrupted")]


def rehearsal() -> Entries:
    """The same change on the rehearsal group."""
    script = Script()
    script.opened("2026-11-sshd", "禁止 root 直接登录并收紧算法", estate="rehearsal", risk="低")
    script.begun([["twin-1", "twin-2", "twin-3"]], "rehearsal", approvals=[])
    script.gate()
    script.wave(1, ["twin-1", "twin-2", "twin-3"], soak=5)
    script.ended("done", 0, "演练成功，涉及 3 个系统版本")
    return script.entries


def emergency() -> Entries:
    """An emergency change that a person takes back a day later, over others' work; one host needs a person."""
    script = Script()
    script.opened("2026-11-urgent", "封堵正在被利用的 sshd 漏洞", risk="高", reason="监管部门通报，2 小时内处置")
    hosts = ["jyweb-2-a", "jydb-3-a", "elk-5", "nginx-7"]
    script.begun([hosts], "emergency", approvals=[approval("yezhu-1", "业主")])
    script.gate()
    script.wave(1, hosts, soak=0)
    script.ended("done", 0, "4 台完成")
    why = "业务系统的旧客户端无法连接"
    whole = {"wave": None, "hosts": hosts, "over": True, "why": why, "by": "yunwei-2@example.gov"}
    script.tell("returning", whole, 26 * 3600)
    answers = {name: returned(name) for name in hosts[:2]}
    answers["elk-5"] = returned(
        "elk-5",
        ok=False,
        said="有内容在变更之后又被改过，没有动它们",
        code="AW-host-conflicts",
        conflicts=[{"item": "file:/etc/ssh/sshd_config", "field": "MaxAuthTries", "by": "2026-11-patch"}],
        kept=[{"item": "account:temp-1", "field": "present"}],
        now=hashlib.sha256(b"other").hexdigest(),
    )
    answers["nginx-7"] = {"ok": False, "said": "失联：连接超时", "undo": "sh /var/lib/anwei/2026-11-urgent/undo"}
    script.tell("returned", {"hosts": answers}, 31)
    script.ended("needs-person", 5, "2 台已回退；elk-5 有冲突，nginx-7 失联")
    return script.entries


def refused() -> Entries:
    """The gate said no: nothing was touched."""
    script = Script()
    script.opened("2026-11-sshd", "禁止 root 直接登录并收紧算法")
    script.gate("window", "approved")
    script.ended("stopped", 3, "门禁未通过，没有连接任何主机")
    return script.entries


def large(count: int = 500) -> Entries:
    """A whole estate: 500 hosts, each with its own diff, and one of the last wave that is sick."""
    script = Script()
    script.opened("2026-11-whole", "全网加固 sshd")
    roles = ["jyweb", "jyapp", "jydb", "file"]
    names = [f"{roles[number % len(roles)]}-{number:03d}" for number in range(count)]
    waves = [names[first:last] for first, last in pairwise([0, 2, count // 10, count // 2, count])]
    script.begun(waves)
    script.gate()
    for number, hosts in enumerate(waves, 1):
        script.wave(number, hosts, sick=hosts[7:8] if number == len(waves) else (), soak=300)
    script.ended("returned", 4, "最后一批有 1 台不正常，已整批回退")
    return script.entries


def hostile() -> Entries:
    """Every hostile text in every place that a host, a file or a person can fill."""
    script = Script()
    words = [
        *HOSTILE.values(),
        "=1+1",
        "+1",
        "-1",
        "@x",
        '=HYPERLINK("http://192.0.2.1")',
        "#N/A",
        "\uffff\ufffe",
        "\x0b",
    ]
    script.opened("2026-11-hostile", words[0], owner=words[1], reason=words[2], estate_title=words[3])
    hosts = {f"h{number}": word for number, word in enumerate(words)}
    evil = {name: {"release": word, "address": word, "ha_group": word} for name, word in hosts.items()}
    approvals = [{"name": word, "roles": [word], "fingerprint": word, "expires": word} for word in words]
    script.begun([list(hosts)], hosts=evil, approvals=approvals, by=words[0], left_out={words[0]: words[0]})
    script.tell("gate", {"checks": [{"name": word, "ok": True, "said": word} for word in words]}, 1)
    seen = {name: [{"check": word, "ok": False, "said": word, "seconds": 1}] for name, word in hosts.items()}
    script.tell("health", {"wave": 1, "when": "before", "hosts": seen}, 1)
    script.tell("applying", {"wave": 1, "hosts": list(hosts)}, 1)
    touched = {
        name: [{"item": word, "why": word, "fields": [{"field": word, "before": word, "after": word}], "diff": word}]
        for name, word in hosts.items()
    }
    done = {name: applied(name, changes=touched[name], said=word, code=word) for name, word in hosts.items()}
    script.tell("applied", {"wave": 1, "hosts": done}, 1)
    checks = {
        name: verified(ok=False, said=word, checks=[{"id": word, "title": word, "outcome": word, "said": word}])
        for name, word in hosts.items()
    }
    script.tell("verified", {"wave": 1, "hosts": checks}, 1)
    back = {
        name: returned(name, ok=False, said=word, undo=word, conflicts=[word], kept=[word])
        for name, word in hosts.items()
    }
    script.tell("returning", {"wave": 1, "hosts": list(hosts), "over": False, "why": words[0], "by": words[0]}, 1)
    script.tell("returned", {"hosts": back}, 1)
    script.ended("needs-person", 5, words[0])
    return script.entries


def text_of(entries: Entries) -> bytes:
    """The file of a record."""
    return b"".join(chain.canonical(entry) + b"\n" for entry in entries)


def write(home: Path, name: str, entries: Entries) -> Path:
    """Put a record where the control node keeps them."""
    path = home / "records" / f"{name}.jsonl"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(text_of(entries))
    path.chmod(0o600)
    return path


SAMPLES = {
    "done": done,
    "failing": failing,
    "interrupted": interrupted,
    "running": running,
    "rehearsal": rehearsal,
    "emergency": emergency,
    "refused": refused,
    "hostile": hostile,
}
