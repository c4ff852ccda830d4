"""Reads files of a repository and compares each with its own name, which is its SHA-256 (restic, "Repository layout").

  read_files.py      a JSON object on standard input: {"repository": folder, "verb": "list" | "read", "files": [path, ...]}

list: one JSON array of [path, bytes] on standard output. read: reads them in the order of the disk, what memory still holds of them
thrown away first, and tells each on standard error when it is done: {"f": path, "b": bytes, "ok": bool, "said": text}. Ends with status
3 when the cassette is gone, and after BAD_ENOUGH wrong files: then no more is needed to know.
"""
import hashlib
import json
import os
import queue
import re
import sys
import threading

CHUNK = 4 << 20
AHEAD = 6
BAD_ENOUGH = 20
GONE = 3
NAMED_BY_DIGEST = re.compile(r"[0-9a-f]{64}")
KINDS = ("data", "index", "keys", "snapshots")


def listed(repository):
    for kind in KINDS:
        for folder, _, names in os.walk(os.path.join(repository, kind)):
            for name in names:
                if NAMED_BY_DIGEST.fullmatch(name):
                    path = os.path.join(folder, name)
                    yield os.path.relpath(path, repository), os.stat(path).st_size


def is_gone(point, device):
    return not os.path.ismount(point) or (device.startswith("/dev/") and not os.path.exists(device))


def device_of(point):
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        found = [line.split(" ")[0] for line in mounts if line.split(" ")[1] == point]
    return found[-1] if found else ""


def place(repository, path):
    """The inode's number goes with the place on the disk well enough to keep a mechanical one from jumping."""
    try:
        return os.stat(os.path.join(repository, path)).st_ino
    except OSError:
        return 0


def read_ahead(repository, files, chunks):
    """The reader: (path, piece) for each piece, (path, None) at a file's end, (path, error) where it does not read."""
    for path in files:
        try:
            handle = os.open(os.path.join(repository, path), os.O_RDONLY)
            try:
                # What memory still holds of it would say nothing about the medium.
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_SEQUENTIAL)
                while piece := os.read(handle, CHUNK):
                    chunks.put((path, piece))
            finally:
                os.close(handle)
            chunks.put((path, None))
        except OSError as error:
            chunks.put((path, error))
    chunks.put((None, None))


def read(repository, files):
    point = os.path.dirname(repository)
    device = device_of(point)
    chunks = queue.Queue(AHEAD)
    ordered = sorted(files, key=lambda path: place(repository, path))
    threading.Thread(target=read_ahead, args=(repository, ordered, chunks), daemon=True).start()
    bad, total, size = 0, hashlib.sha256(), 0
    while True:
        try:
            path, piece = chunks.get(timeout=1)
        except queue.Empty:
            # A disk that does not answer may have been taken out.
            if is_gone(point, device):
                return GONE
            continue
        if path is None:
            return 0
        if isinstance(piece, bytes):
            total.update(piece)
            size += len(piece)
            continue
        if isinstance(piece, OSError) and is_gone(point, device):
            return GONE
        said = "" if piece is None else piece.strerror
        if piece is None and total.hexdigest() != os.path.basename(path):
            if is_gone(point, device):
                return GONE
            said = "SHA-256 %s" % total.hexdigest()
        sys.stderr.write(json.dumps({"f": path, "b": size, "ok": said == "", "said": said}) + "\n")
        sys.stderr.flush()
        total, size = hashlib.sha256(), 0
        bad += said != ""
        if bad >= BAD_ENOUGH:
            return 0


def main():
    asked = json.load(sys.stdin)
    if asked["verb"] == "list":
        json.dump(sorted(listed(asked["repository"])), sys.stdout)
        return 0
    return read(asked["repository"], asked["files"])


# The reader may still hang on a disk that does not answer: nobody waits for it.
status = main()
sys.stdout.flush()
os._exit(status)
