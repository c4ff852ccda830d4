"""What the programs of an application server share. They are sent as one text: common, postgresql, mariadb, files, application."""
import array
import contextlib
import hashlib
import itertools
import json
import mmap
import os
import pathlib
import pwd
import grp
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

# Dumps on their way, one folder an application; the engines' own users read and write in it.
WORK = pathlib.Path("/var/lib/dr-applications")
STATES = pathlib.Path("/var/lib/dr/applications")
# Debian's bridge to old init scripts takes over a second at each call.
os.environ["SYSTEMCTL_SKIP_SYSV"] = "1"
PARALLEL = max(2, os.cpu_count() or 2)
MEMORY_MB = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
# For a server to recover from a crash, or to flush a large database as it stops.
ENOUGH_SECONDS = 24 * 3600


class Failed(Exception):
    """A program failed; its words are the message."""


class Refused(Exception):
    """Ends the program with a sentence for the operator (see REFUSAL in platforms/ssh.ts)."""


def refuse(code, sentence, hint):
    raise Refused("\t".join(["DR_REFUSED", code, *[" ".join(text.split()) for text in (sentence, hint)]]))


def progress(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def run(*command, **settings):
    """The standard output of a program that must succeed."""
    done = attempt(*command, **settings)
    if done.returncode != 0:
        raise failure(command[0], done)
    return done.stdout


def attempt(*command, user=None, stdin=None, env=None):
    """A program that may fail: its exit status and what it said."""
    prefix = ["runuser", "-u", user, "--"] if user else []
    return subprocess.run(
        [*prefix, *map(str, command)],
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        errors="replace",
        cwd="/",
        env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})},
    )


def failure(program, done):
    return Failed((done.stderr or done.stdout).strip() or "%s: %s" % (program, done.returncode))


def last_line(error):
    lines = [line for line in str(error).splitlines() if line.strip()]
    wrong = [line for line in lines if re.search("error|fatal", line, re.I)]
    return (wrong or lines or ["-"])[0].strip()


def digest(lines):
    """Number of lines, and the sum of their CRC-32: the same in any order."""
    sums = array.array("I", map(zlib.crc32, lines))
    return len(sums), sum(sums)


def shares(items):
    """The items dealt out to as many workers as work at once."""
    dealt = [items[number::PARALLEL] for number in range(PARALLEL)]
    return [share for share in dealt if share]


def own_folder(path, user=None, mode=0o711):
    path.mkdir(parents=True, exist_ok=True)
    os.chmod(path, mode)
    if user:
        shutil.chown(path, user, user)


def is_active(unit):
    return subprocess.run(["systemctl", "is-active", "--quiet", unit]).returncode == 0


def write_whole(path, text):
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with open(part, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def boot_id():
    return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text()


def damaged(what):
    refuse(
        "DUMP_DAMAGED",
        "La copia della base dati non si carica: %s / The dump of the database does not load." % what,
        "Usare lo snapshot precedente: 'dr cassette list' li elenca. / Use the previous snapshot: 'dr cassette list' shows them.",
    )


def wrong_encoding(what):
    refuse(
        "DUMP_ENCODING",
        "La copia contiene caratteri che non sono della codifica dichiarata: %s / The dump holds characters that are not of its declared encoding." % what,
        "Usare lo snapshot precedente; a Lucca, correggere la base dati prima della prossima copia. / Use the previous snapshot; at Lucca, mend the database before the next backup.",
    )


def unreachable(engine, what):
    refuse(
        "DATABASE_UNREACHABLE",
        "La base dati %s non risponde: %s / The database engine does not answer." % (engine, what),
        "Guardare 'systemctl status' del motore su questa macchina e avviarlo, poi ripetere. / Look at the engine's 'systemctl status' on this host, start it and run again.",
    )
