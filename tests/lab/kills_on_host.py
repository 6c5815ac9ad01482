"""Runs on a lab host as root, under the host's own Python: kill hostkit at random moments, and see what is left.

    python kills_on_host.py HOSTKIT-ZIP COUNT SEED

Every round applies a document that touches each kind, ends the run somewhere, sees that each file is the old or the new
one, and then lets hostkit finish or take back. What the host looks like is read here, not by hostkit.
"""

import compileall
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile

KEY = "5a" * 32
VOLATILE = (
    "/etc/passwd-",
    "/etc/shadow-",
    "/etc/group-",
    "/etc/gshadow-",
    "/etc/subuid-",
    "/etc/subgid-",
    "/etc/.pwd.lock",
)
# What useradd and its like write themselves; only in the end it must be as foretold.
OF_TOOLS = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/sub", "/home/anwkill/")
RUNNING = "/proc/sys/net/ipv4/conf/all/log_martians"
PLACE = "/etc/anwei-kills"
DOCUMENT = {
    "file": {
        PLACE: {
            "tree": {"new/page": {"content": "new\n" * 500}, "kept": {"mode": "0640"}},
            "only": True,
            "mode": "0750",
        },
        "/etc/motd": {"content": "killed\n", "create": True},
        "/etc/login.defs": {"dialect": "words", "settings": {"PASS_MAX_DAYS": "90", "UMASK": "027"}},
        "/etc/anwei-kills.link": {"target": "motd"},
    },
    "group": {"anwkills": {"gid": 4711}, "games": {"with": ["daemon"]}},
    "account": {
        "anwkill": {"group": "anwkills", "shell": "/bin/sh", "create_home": True, "comment": "kills"},
        "anwown": {"shell": "/bin/sh", "create_home": False},
        "games": {"max_days": 77},
    },
    "sudo": {"anwkill": {"rules": ["anwkill ALL=(root) /bin/true"]}},
    "sysctl": {"net.ipv4.conf.all.log_martians": {"value": "1"}},
    "service": {"cron": {"enabled": False, "reload_on": ["/etc/anwei-kills.nothing"]}},
}


class Kills(object):
    """Rounds of killing, and what they found."""

    def __init__(self, hostkit, seed):
        self.hostkit = os.path.join(os.path.dirname(os.path.abspath(hostkit)), "kit")
        with zipfile.ZipFile(hostkit) as packed:
            packed.extractall(self.hostkit)
        compileall.compile_dir(self.hostkit, quiet=1)
        self.chance = random.Random(seed)
        self.counted = {
            "rounds": 0,
            "killed": 0,
            "finished": 0,
            "taken back": 0,
            "back killed": 0,
            "nothing written": 0,
        }

    def prepare(self):
        """Make what the document will change, and measure both states and how long a run takes."""
        os.mkdir(PLACE)
        for name, content in (("kept", "as it was"), ("goes", "x")):
            with open(PLACE + "/" + name, "w") as page:
                page.write(content)
        self.before = listing()
        self.demand("apply", "whole", document=DOCUMENT)
        self.after = listing()
        assert different(self.before, self.after), "the document changes nothing"
        self.demand("back", "whole")
        self.compare(self.before, "a whole run taken back")
        begun = time.time()
        self.demand("apply", "by-script", document=DOCUMENT)
        self.seconds = time.time() - begun
        self.compare(self.after, "applied again")
        assert subprocess.call(["/bin/sh", "/var/lib/anwei/by-script/undo"]) == 0
        self.compare(self.before, "taken back by the script")

    def one_round(self, number):
        """Kill one run, look, and go one of the ways on."""
        change = "kill-%d" % number
        self.counted["rounds"] += 1
        self.counted["killed"] += self.killed("apply", change, document=DOCUMENT)
        self.no_third_state()
        if self.chance.random() < 0.5:
            self.demand("apply", change, document=DOCUMENT)
            self.compare(self.after, "finished after a kill")
            self.counted["finished"] += 1
        if not os.path.exists("/var/lib/anwei/%s/former.json" % change):
            self.counted["nothing written"] += 1
            self.demand("apply", change, document=DOCUMENT)  # the next run clears up
        if self.chance.random() < 0.4:
            self.counted["back killed"] += self.killed("back", change)
            self.no_third_state()
        self.demand("back", change)
        self.compare(self.before, "taken back after a kill")
        self.counted["taken back"] += 1

    def killed(self, verb, change, **request):
        """Begin a run and end it: half the time alone, half the time with every program that it started."""
        child = subprocess.Popen(self.words(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdin.write(words_of(verb, change, request))
        child.stdin.close()
        time.sleep(self.chance.random() * self.seconds)
        going = child.poll() is None
        end(child.pid, signal.SIGSTOP)
        while state(child.pid) not in "TZ":  # until then it may start something more
            time.sleep(0.001)
        started = descendants(child.pid)
        for pid in [child.pid] + (started if self.chance.random() < 0.5 else []):
            end(pid)
        child.stdout.read()
        child.wait()
        while started:
            started = [pid for pid in started if os.path.exists("/proc/%d" % pid)]
            started += [more for pid in started for more in descendants(pid) if more not in started]
            time.sleep(0.01)
        return int(going)

    def demand(self, verb, change, **request):
        """A run that must be good."""
        child = subprocess.Popen(self.words(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        answer = child.communicate(words_of(verb, change, request))[0]
        if child.returncode != 0:
            raise AssertionError("%s %s: %s %s" % (verb, change, child.returncode, answer.decode("ascii")))

    def words(self):
        """How hostkit is started."""
        return [sys.executable, self.hostkit]

    def compare(self, wanted, when):
        """The host must be exactly this."""
        now = listing()
        found = different(wanted, now)
        if found:
            states = [(name, wanted.get(name), now.get(name)) for name in found]
            raise AssertionError("third state, %s: %s" % (when, states))

    def no_third_state(self):
        """Each file is the old one or the new one; beside them only what waits under a name that nobody reads."""
        for name, seen in contents().items():
            waits = os.path.basename(name).startswith(".") and name.endswith(".anwei")
            owned_by_tools = name.startswith(OF_TOOLS)
            known = [state.get(name, (None,))[-1] for state in (self.before, self.after)]
            if not waits and not owned_by_tools and seen not in known:
                raise AssertionError("third content: %s" % name)


def words_of(verb, change, request):
    """A request as hostkit reads it."""
    return json.dumps(
        dict(request, verb=verb, change=change, key=KEY, **({"keep": 3} if verb == "apply" else {}))
    ).encode("ascii")


def end(pid, how=signal.SIGKILL):
    """End a process, if it is still there."""
    try:
        os.kill(pid, how)
    except OSError:
        pass


def state(pid):
    """Running, sleeping, stopped (T), ended (Z) or gone (nothing), in the kernel's letter."""
    try:
        with open("/proc/%s/stat" % pid) as page:
            return page.read().rsplit(")", 1)[1].split()[0]
    except (IOError, OSError):
        return ""


def descendants(pid):
    """Every process that a process started, and theirs."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as page:
                    parents.setdefault(int(page.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
            except (IOError, OSError):
                pass
    found = list(parents.get(pid, []))
    for child in found:
        found.extend(parents.get(child, []))
    return found


def contents():
    """The digest of every file below /etc."""
    return dict((name, seen[-1]) for name, seen in listing().items() if len(seen) == 5)


def listing():
    """Everything below /etc and in the homes by owner, mode and content, and the running value."""
    found = {RUNNING: open(RUNNING).read()}
    for top in ("/etc", "/home"):
        for folder, folders, files in os.walk(top):
            for name in [os.path.join(folder, each) for each in folders + files]:
                about = os.lstat(name)
                seen = [about.st_uid, about.st_gid, about.st_mode]
                if os.path.islink(name):
                    seen = [os.readlink(name)]
                elif os.path.isfile(name):
                    with open(name, "rb") as page:
                        seen += [about.st_size, hashlib.sha256(page.read()).hexdigest()]
                if name not in VOLATILE:
                    found[name] = tuple(seen)
    return found


def different(one, other):
    """What is not the same."""
    return sorted(name for name in set(one) | set(other) if one.get(name) != other.get(name))


def main():
    """Print the count as JSON; an assertion names the third state."""
    kills = Kills(sys.argv[1], int(sys.argv[3]))
    kills.prepare()
    for number in range(int(sys.argv[2])):
        kills.one_round(number)
    print("<kills>%s</kills>" % json.dumps(kills.counted))


if __name__ == "__main__":
    main()
