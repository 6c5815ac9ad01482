"""Each rule: one slip in a sound inventory, and exactly the line and the sentence it is refused with."""

from pathlib import Path

import pytest

from anwei.estate import schema
from tests.unit.estate.small import SOUND, load_by_hand, refusal, written

FREEZE = "reason: 节日保障}\n"
WAIVER = """\
    estate_waivers:
      - {{clause: 8.1.4.4 c, objects: ["{host}"], reason: 改造中, measure: 白名单, approver: 安全, until: "{until}"}}
"""

# what is changed, into what, and the one detail: its line and its sentence
SLIPS = {
    "unknown zone": ("2, zone: outer", "2, zone: outr", "19: web-02: zone: 没有 outr；现有：outer、inner"),
    "unknown subnet": (
        "2, zone: outer, subnet: web",
        "2, zone: outer, subnet: wb",
        "19: web-02: subnet: 没有 wb；现有：web、data",
    ),
    "unknown owner": ("owner: platform", "owner: dba", "14: db-01、web-01、web-02: owner: 没有 dba；现有：platform"),
    "subnet in unknown zone": ("web: {zone: outer", "web: {zone: rim", "8: zone: 没有 rim；现有：outer、inner"),
    "zone not that of the subnet": (
        "      zone: inner\n",
        "      zone: outer\n",
        "22: db-01: zone 写的是 outer，但子域 data 属于 inner",
    ),
    "invalid network": ("192.0.2.0/26", "192.0.2.1/26", "8: cidr: 192.0.2.1/26 不是有效的网段"),
    "overlapping networks": (
        "198.51.100.0/26",
        "192.0.0.0/2",
        "9: cidr: 192.0.0.0/2 与子域 web 的 192.0.2.0/26 重叠",
    ),
    "invalid address": ("192.0.2.2", "192.0.2.256", "19: web-02: address: 192.0.2.256 不是有效的 IP 地址"),
    "duplicate address": (
        "192.0.2.2",
        "192.0.2.1",
        "19: web-02: address: 192.0.2.1 重复，web-01 已经用了（{file}:18）",
    ),
    "address outside": (
        "192.0.2.2",
        "192.0.2.99",
        "19: web-02: address: 192.0.2.99 不在子域 web 的网段 192.0.2.0/26 内",
    ),
    "lonely member": (
        "关键, ha_group: web}\n    db",
        "关键}\n    db",
        "18: web-01: ha_group: 高可用组 web 只有一个成员",
    ),
    "freeze backwards": ("to: 2027-02-14", "to: 2027-01-14", "13: 从 2027-02-01 到 2027-01-14：结束早于开始"),
    "freeze on no day": ("to: 2027-02-14", 'to: "2027-02-31"', "13: 从 2027-02-01 到 2027-02-31：不是日历上的日期"),
    "waiver until no day": (
        FREEZE,
        FREEZE + WAIVER.format(host="db-01", until="2027-02-31"),
        "15: 2027-02-31 不是日历上的日期",
    ),
    "waiver for nobody": (
        FREEZE,
        FREEZE + WAIVER.format(host="db-1/mysql", until="2027-02-28"),
        "15: 没有 db-1/mysql 这个主机或主机组",
    ),
    "waiver without measure": (
        FREEZE,
        FREEZE + WAIVER.format(host="db-01", until="2027-02-28").replace("measure: 白名单, ", ""),
        "15: estate_waivers[0]: 缺少 measure",
    ),
    "setting on a host": (
        "      criticality: 重要",
        "      criticality: 重要\n      estate_title: 别的",
        "25: db-01: estate_title 与其他主机不同；环境的设置只能写在 group_vars/all，全环境一致",
    ),
    "missing criticality": ("      criticality: 重要\n", "", "20: db-01: 缺少 criticality"),
    "wrong criticality": (
        "criticality: 重要",
        "criticality: 高",
        "24: db-01: criticality: 高 不在允许的取值之内：关键、重要、一般",
    ),
    "wrong system": (
        "system: linux",
        "system: linx",
        "16: db-01、web-01、web-02: system: linx 不在允许的取值之内："
        "linux、kylin、windows、aix、vrp、comware、appliance",
    ),
    "wrong level": (
        "mlps_level: 3",
        'mlps_level: "3"',
        "15: db-01、web-01、web-02: mlps_level: 3 不在允许的取值之内：1、2、3、4",
    ),
    "wrong type": (
        "address: 198.51.100.1\n",
        "address: [198.51.100.1]\n",
        "21: db-01: address: ['198.51.100.1'] 的类型不对，应为文字",
    ),
    "check of unknown type": (
        "type: tcp",
        "type: udp",
        "26: db-01: health_checks[0].type: udp 不在允许的取值之内：http、tcp、tls、service、command、sql",
    ),
    "check with unknown key": (
        "port: 3306",
        "port: 1, prt: 2",
        "26: db-01: health_checks[0]: 不认识 prt；可以写：type、port、address、from、retries、pause、limit",
    ),
    "check with impossible port": (
        "port: 3306",
        "port: 70000",
        "26: db-01: health_checks[0].port: 70000 不对。应为：端口号，1 到 65535。 Port, 1 to 65535.",
    ),
    "check with an account in its address": (
        "type: tcp, port: 3306",
        "type: http, status: 200, url: 'http://user:word@192.0.2.1/'",
        "26: db-01: health_checks[0].url: http://user:word@192.0.2.1/ 不对。应为：以 http:// 或 https:// 开头的网址，"
        "可以用 {{{{ address }}}}；不写用户名和口令。 An address that begins with http:// or https://; "
        "may use {{{{ address }}}}; no user names or passwords.",
    ),
    "check that would write": (
        "type: tcp, port: 3306",
        "type: sql, engine: mysql, query: SELECT 1; DROP TABLE a",
        "26: db-01: health_checks[0].query: SELECT 1; DROP TABLE a 不对。应为：一条以 SELECT 或 SHOW 开头的查询，"
        "不含分号和反斜杠。口令放在主机上客户端自己的选项文件里。 One query that begins with SELECT or SHOW, without "
        "semicolon or backslash; passwords belong in the client's own option file on the host.",
    ),
    "check with a word for yes": (
        "type: tcp, port: 3306",
        "type: tls, port: 443, verify: 'no'",
        "26: db-01: health_checks[0].verify: no 的类型不对，应为真或假（true、false）",
    ),
    "check without its port": (", port: 3306", "", "26: db-01: health_checks[0]: 缺少 port"),
    "missing setting": ("    estate_title: 小环境\n", "", "3: 缺少 estate_title"),
    "unknown setting": (
        "estate_freezes",
        "estate_freeze",
        f"3: 不认识 estate_freeze；可以写：{'、'.join(schema.validator('estate').schema['properties'])}",
    ),
    "time zone of nowhere": (
        "    owner: platform\n",
        "    owner: platform\n    estate_timezone: Asia/Peking\n",
        "15: estate_timezone: 这台机器不认识时区 Asia/Peking（名称有误，或没有安装 tzdata）",
    ),
    "unknown change days": (
        "    owner: platform\n",
        "    owner: platform\n    estate_change_days: weekends\n",
        "15: estate_change_days: weekends 不在允许的取值之内：any、workdays、non-workdays",
    ),
    "own holiday on no day": (
        "    owner: platform\n",
        "    owner: platform\n    estate_calendar: {holidays: [2027-02-01, '2027-02-31']}\n",
        "15: 2027-02-31 不是日历上的日期",
    ),
    "own day that is both": (
        "    owner: platform\n",
        "    owner: platform\n    estate_calendar: {holidays: [2027-02-01], workdays: [2027-02-01]}\n",
        "15: 2027-02-01 既是上班日又是放假日",
    ),
    "own day that is no word": (
        "    owner: platform\n",
        "    owner: platform\n    estate_calendar: {workdays: [7]}\n",
        "15: estate_calendar.workdays[0]: 7 的类型不对，应为文字",
    ),
    "freeze without reason": (", reason: 节日保障", "", "13: estate_freezes[0]: 缺少 reason"),
}


def test_the_sound_inventory_loads(tmp_path: Path) -> None:
    estate = load_by_hand(written(tmp_path, SOUND))
    assert [host.name for host in estate.hosts] == ["db-01", "web-01", "web-02"]
    assert estate.settings["estate_title"] == "小环境"


@pytest.mark.parametrize("slip", SLIPS)
def test_one_slip_is_refused_by_name_and_line(slip: str, tmp_path: Path) -> None:
    before, after, detail = SLIPS[slip]
    assert SOUND.count(before) == 1, "the slip must change one place"
    error = refusal(written(tmp_path, SOUND.replace(before, after)))
    file = tmp_path / "hosts.yml"
    assert error.details == [f"{file}:{detail.format(file=file)}"]
    assert (error.code, error.exit_status) == ("AW-inventory-invalid", 2)


def test_all_slips_are_told_at_once(tmp_path: Path) -> None:
    wrong = SOUND.replace("outer, subnet: web, criticality: 关键, ha_group: web}\n    db", "rim, subnet: wb}\n    db")
    details = refusal(written(tmp_path, wrong)).details
    assert [detail.split(": ", 1)[1] for detail in details] == [
        "web-01: ha_group: 高可用组 web 只有一个成员",
        "web-02: subnet: 没有 wb；现有：web、data",
        "web-02: zone: 没有 rim；现有：outer、inner",
        "web-02: 缺少 criticality",
    ]


def test_many_hosts_with_one_wrong_line_are_told_once(tmp_path: Path) -> None:
    more = "".join(
        f"    web-{n:02}: {{address: 192.0.2.{n}, zone: outer, subnet: web, criticality: 一般}}\n" for n in range(3, 9)
    )
    error = refusal(written(tmp_path, SOUND.replace("owner: platform", "owner: dba") + more))
    assert error.details == [
        f"{tmp_path / 'hosts.yml'}:14: db-01、web-01、web-02 等 9 台: owner: 没有 dba；现有：platform"
    ]
