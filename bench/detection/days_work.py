"""A day of an office in the shares: files edited, copied, packed, renamed and deleted, all chosen by a seed; new ones get the rights of their originals.

Input (JSON): {"root", "canary", "seed"}. Of each kind at most one file in twenty, so that it looks like work and not like malware.
"""
import gzip
import json
import os
import random
import shutil
import sys

wanted = json.load(sys.stdin)
chance = random.Random(wanted["seed"])
files = sorted(os.path.join(path, name) for path, _, names in os.walk(wanted["root"]) for name in names if name != wanted["canary"])
chance.shuffle(files)


def some():
    return [files.pop() for _ in range(chance.randrange(len(files) // 20 + 1))]


def beside(path, suffix):
    """A copy with its rights, for another content to come; not for a name that grows too long."""
    other = path + suffix
    if len(os.path.basename(other).encode()) > 255:
        return None
    shutil.copy2(path, other)
    owner = os.stat(path)
    os.chown(other, owner.st_uid, owner.st_gid)
    return other


def edit(path):
    with open(path, "r+b") as file:
        file.seek(chance.randrange(os.path.getsize(path) + 1))
        file.write(b"una riga in piu\n" * chance.randrange(1, 40))


def pack(path):
    other = beside(path, ".gz")
    if other is not None:
        with open(path, "rb") as plain, open(other, "wb") as packed:
            packed.write(gzip.compress(plain.read()))


def rename(path):
    if beside(path, ".vecchio") is not None:
        os.unlink(path)


for work in (edit, lambda path: beside(path, ".bak"), pack, rename, os.unlink):
    for path in some():
        work(path)
