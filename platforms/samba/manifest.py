"""The manifest of a share tree, and its comparison with a tree that was restored.

  manifest.py write ROOT            one JSON object a line on standard output, in a fixed order
  manifest.py compare ROOT          reads such lines on standard input, walks ROOT in the same order, tells every difference

A line: {"p": path, "t": f|d|l|?, "s": size, "m": mtime ns, "o": "uid:gid", "a": NT ACL as SDDL, "d": DOS attributes (hex),
"h": sha256, "b": bits a byte, "n": hard links, "i": first path of the same file}. Nothing grows with the size of a file; the list of hard
links is the only thing kept for the whole walk.

"b" is how much the content says: 8 is noise, as what is encrypted or compressed is; text has about 4.5. It is for whoever
compares two manifests (snapshot_contents.py), and no difference by itself.
"""
import hashlib
import json
import os
import re
import stat
import sys
import threading
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from samba.dcerpc import xattr
from samba.ndr import ndr_unpack

SHOWN = 20
CHUNK = 1 << 20
SAMPLE_BITS = 12
FEWEST_BYTES = 256
KINDS = {"t": "type", "s": "size", "h": "content", "o": "owner", "a": "acl", "d": "attributes", "m": "time", "i": "links", "n": "links"}
# To hand a smaller file to another thread takes as long as to read it.
WORTH_A_THREAD_BYTES = 256 << 10
sddl_of = {}
of_thread = threading.local()


def attribute(path, name):
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError:
        return None


def sddl(blob):
    """The ACL in words. Blobs repeat from file to file, so each is decoded once."""
    if blob is None:
        return None
    if blob not in sddl_of:
        acl = ndr_unpack(xattr.NTACL, blob)
        descriptor = acl.info if acl.version == 1 else acl.info.sd
        sddl_of[blob] = descriptor.as_sddl()
    return sddl_of[blob]


def contents(path, with_bits):
    """SHA-256, and bits a byte where they are wanted; of very little nothing can be told."""
    total, bits = hashlib.sha256(), None
    chunk = chunk_of_thread()
    source = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while size := os.readv(source, [chunk]):
            if with_bits and bits is None and size >= FEWEST_BYTES:
                bits = bits_a_byte(chunk[:size])
            total.update(chunk[:size])
    finally:
        os.close(source)
    return {"h": total.hexdigest(), **({} if bits is None else {"b": bits})}


def chunk_of_thread():
    """Room for a part of a file, made once for each thread: to get new memory takes longer than most files."""
    if not hasattr(of_thread, "chunk"):
        of_thread.chunk = memoryview(bytearray(CHUNK))
    return of_thread.chunk


def bits_a_byte(chunk):
    """Of bytes taken evenly out of it: what a Huffman code needs for them, which C works out without holding up the other thread."""
    sample = bytes(chunk[:: max(1, len(chunk) >> SAMPLE_BITS)])
    code = zlib.compressobj(1, zlib.DEFLATED, -SAMPLE_BITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)
    coded = len(code.compress(sample)) + len(code.flush())
    return min(8.0, round(8 * coded / len(sample), 1))


def paths(folder, relative=b""):
    """Everything below a folder, parents before children, names in byte order."""
    with os.scandir(folder) as items:
        for item in sorted(items, key=lambda i: i.name):
            below = os.path.join(relative, item.name) if relative else item.name
            yield below
            if item.is_dir(follow_symlinks=False):
                yield from paths(item.path, below)


def facts(root, relative, first_path):
    path = os.path.join(root, relative)
    status = os.lstat(path)
    mode = status.st_mode
    kind = "d" if stat.S_ISDIR(mode) else "f" if stat.S_ISREG(mode) else "l" if stat.S_ISLNK(mode) else "?"
    entry = {"p": os.fsdecode(relative), "t": kind, "o": "%d:%d" % (status.st_uid, status.st_gid)}
    entry["a"] = sddl(attribute(path, b"security.NTACL"))
    dos = attribute(path, b"user.DOSATTRIB")
    entry["d"] = dos.hex() if dos else None
    if kind != "d":
        entry["s"] = status.st_size
    entry["m"] = status.st_mtime_ns
    if kind == "f" and status.st_nlink > 1:
        entry["n"] = status.st_nlink
        entry["i"] = first_path.setdefault(status.st_ino, entry["p"])
    return entry, path


def entries(root, skip, with_bits):
    """All entries in order; contents of the larger ones are read by two threads a little ahead of the reader."""
    first_path = {}
    with ThreadPoolExecutor(2) as pool:
        window = deque()
        for relative in paths(root):
            if relative.split(b"/", 1)[0] in skip:
                continue
            entry, path = facts(root, relative, first_path)
            window.append((entry, reading(pool, entry, path, with_bits)))
            if len(window) > 64:
                yield finished(window)
        while window:
            yield finished(window)


def reading(pool, entry, path, with_bits):
    """What gives the contents; None where there are none, or another name of the same file gives them."""
    if entry["t"] != "f" or entry.get("i", entry["p"]) != entry["p"]:
        return None
    if entry["s"] >= WORTH_A_THREAD_BYTES:
        return pool.submit(contents, path, with_bits).result
    return lambda: contents(path, with_bits)


def finished(window):
    entry, contents_of = window.popleft()
    if contents_of is not None:
        try:
            entry.update(contents_of())
        except OSError as error:
            entry["e"] = error.strerror
    return entry


def order(entry):
    return [part for part in os.fsencode(entry["p"]).split(b"/")]


class Differences:
    def __init__(self):
        self.counts, self.samples = {}, {}

    def add(self, kind, text):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= SHOWN:
            self.samples.setdefault(kind, []).append(text)

    def of(self, wanted, found):
        if "e" in found:
            self.add("unreadable", "%s: %s" % (wanted["p"], found["e"]))
        for key, kind in KINDS.items():
            if key == "h" and "e" in found:
                continue
            if key == "m" and is_share(wanted):
                continue
            if wanted.get(key) != found.get(key):
                self.add(kind, "%s: %s -> %s" % (wanted["p"], short(wanted.get(key)), short(found.get(key))))


def is_share(entry):
    """The folder of a share itself. Its time changes with each file made in it, and the check of rights makes one."""
    return entry["t"] == "d" and "/" not in entry["p"]


def is_probe(entry):
    """What the check of rights (verify-access.ts) left when it was cut off; the next one overwrites and deletes it."""
    return re.fullmatch(r"[^/]+/prova-dr-\d+\.tmp", entry["p"]) is not None


def short(value):
    text = "-" if value is None else str(value)
    return text if len(text) <= 600 else text[:600] + "..."


def compare(root, skip):
    differences, files, size = Differences(), 0, 0
    wanted_lines = (json.loads(line) for line in sys.stdin)
    found_lines = entries(root, skip, with_bits=False)
    wanted, found = next(wanted_lines, None), next(found_lines, None)
    expected = 0
    while wanted is not None or found is not None:
        if wanted is not None and found is not None and wanted["p"] == found["p"]:
            differences.of(wanted, found)
            files, size, expected = files + 1, size + found.get("s", 0), expected + 1
            wanted, found = next(wanted_lines, None), next(found_lines, None)
        elif found is None or (wanted is not None and order(wanted) < order(found)):
            differences.add("missing", wanted["p"])
            expected += 1
            wanted = next(wanted_lines, None)
        else:
            if not is_probe(found):
                differences.add("extra", found["p"])
            found = next(found_lines, None)
    json.dump({"expected": expected, "compared": files, "sizeBytes": size, "counts": differences.counts, "samples": differences.samples}, sys.stdout)


def main():
    verb, root = sys.argv[1], os.fsencode(sys.argv[2])
    skip = {b"lost+found"}
    if verb == "write":
        for entry in entries(root, skip, with_bits=True):
            sys.stdout.write(json.dumps(entry, separators=(",", ":")) + "\n")
    else:
        compare(root, skip)


main()
