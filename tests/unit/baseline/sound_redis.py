"""A sound Redis 7.0 server in the shape of its answers: it wants a password, so what it is set to is in its file."""

from anwei.baseline import checking
from anwei.baseline.result import ObjectAssessment, Result
from anwei.evidence.script import Answer
from baselines.mlps.reading import commands
from tests.unit.baseline.machine import CATALOGUE, SS, TAKEN, Said, transcript

REDIS = commands("redis")
FILE = "/etc/redis/redis.conf"
INSTANCE = "server\t801 112 host 127.0.0.1:6379 redis-server.service unit /etc/redis/redis.conf 7.0.15\n"
CONFIGURATION = """protected-mode\tyes
port\t6379
timeout\t300
loglevel\tnotice
logfile\t/var/log/redis/redis-server.log
save\t3600 1 300 100 60 10000
requirepass\t24
rename-command\tFLUSHALL -
rename-command\tflushdb *
rename-command\tCONFIG *
rename-command\tKEYS -
rename-command\tSHUTDOWN *
rename-command\tDEBUG -
rename-command\tEVAL -
appendonly\tno
"""
MODES = """mode\t640 -rw-r----- redis redis /etc/redis/redis.conf
mode\t750 drwxr-x--- redis redis /var/lib/redis
mode\t660 -rw-rw---- redis redis /var/lib/redis/dump.rdb
"""
TOLD = "server\t127.0.0.1:6379\nping\tNOAUTH Authentication required.\n"
SOCKETS = SS + (
    'tcp   LISTEN 0      511        127.0.0.1:6379      0.0.0.0:*    users:(("redis-server",pid=801,fd=6))\n'
    'tcp   LISTEN 0      511            [::1]:6379         [::]:*    users:(("redis-server",pid=801,fd=7))\n'
)
# What a server tells that wants no password.
OPEN = """server\t127.0.0.1:6379
ping\tPONG
redis_version\t5.0.14
rdb_last_bgsave_status\tok
aof_last_write_status\tok
role\tmaster
connected_slaves\t1
cluster_enabled\t0
port\t6379
protected-mode\tno
timeout\t0
logfile\t
loglevel\twarning
syslog-enabled\tno
save\t
appendonly\tno
"""

SOUND: dict[str, str | bytes | Answer] = {
    "ps -e -o comm=": "systemd\nrsyslogd\nsshd\nredis-server\n",
    "ss -lntup": SOCKETS,
    REDIS["servers"]: INSTANCE + CONFIGURATION + MODES,
    REDIS["told"]: TOLD,
}


def assessed(said: Said = None) -> ObjectAssessment:
    """The servers assessed by the level-3 catalogue, with some answers replaced."""
    hosts = {"host1": transcript({**SOUND, **(said or {})})}
    objects = checking.assess(CATALOGUE, "estate", hosts, TAKEN).objects
    return next(each for each in objects if each.type == "redis")


def result(check: str, said: Said = None) -> Result:
    """The result of one check on the servers."""
    return next(each for each in assessed(said).results if each.check.id == check)
