"""Damages one file of a restic repository, at a place that a seed chooses, and keeps its name, its times and its rights.

Input (JSON): {"repository", "file", "operation", "seed", "index"}; `index` is restic's own, in clear: it says which packs hold folders.
"""
import json
import os
import random
import sys

wanted = json.load(sys.stdin)
chance = random.Random(wanted["seed"])


def below(folder):
    found = []
    for path, _, names in os.walk(os.path.join(wanted["repository"], folder)):
        found += [os.path.join(path, name) for name in names]
    return sorted(found)


def packs(kind):
    packs = json.loads(wanted["index"])["packs"]
    ids = {pack["id"] for pack in packs if pack["blobs"][0]["type"] == kind}
    return [path for path in below("data") if os.path.basename(path) in ids]


candidates = {
    "config": lambda: [os.path.join(wanted["repository"], "config")],
    "key": lambda: below("keys"),
    "index": lambda: below("index"),
    "snapshot": lambda: below("snapshots"),
    "data-pack": lambda: packs("data"),
    "tree-pack": lambda: packs("tree"),
}[wanted["file"]]()
victim = chance.choice(candidates)
size = os.path.getsize(victim)
times = os.stat(victim)
operation = wanted["operation"]
os.chmod(victim, 0o600)
if operation == "missing":
    os.unlink(victim)
elif operation == "emptied":
    os.truncate(victim, 0)
elif operation == "truncated":
    os.truncate(victim, chance.randrange(1, size))
else:
    with open(victim, "r+b") as target:
        place = chance.randrange(size)
        if operation == "flipped":
            target.seek(place)
            byte = target.read(1)[0]
            target.seek(place)
            target.write(bytes([byte ^ (1 << chance.randrange(8))]))
        elif operation == "zeroed":
            target.seek(place)
            target.write(bytes(min(4096, size - place)))
        elif operation == "scrambled":
            target.write(chance.randbytes(size))
        elif operation == "appended":
            target.seek(0, os.SEEK_END)
            target.write(chance.randbytes(64))
if os.path.exists(victim):
    os.utime(victim, ns=(times.st_atime_ns, times.st_mtime_ns))
    os.chmod(victim, times.st_mode)
print(os.path.relpath(victim, wanted["repository"]))
