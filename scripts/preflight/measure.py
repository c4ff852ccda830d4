"""Reads a piece of the cassette and writes a piece to the disk; prints one JSON object with bytes and seconds (monotonic).
Standard input: {"repository": folder, "disk": folder, "bytes": how much of each}. What it writes it deletes again."""
import json, os, sys, time

asked = json.load(sys.stdin)
CHUNK = 4 * 1024 * 1024


def read_medium():
    packs = [os.path.join(top, name) for top, _, names in os.walk(asked["repository"] + "/data") for name in names]
    done, started = 0, 0.0
    packs.sort(key=os.path.getsize, reverse=True)
    for pack in packs:
        with open(pack, "rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # from the medium, not from memory
            begun = time.monotonic()
            while done < asked["bytes"] and (piece := file.read(CHUNK)):
                done += len(piece)
            started += time.monotonic() - begun
        if done >= asked["bytes"]:
            break
    return {"bytes": done, "seconds": started}


def write_disk():
    path = asked["disk"] + "/.dr-preflight"
    piece, done = os.urandom(CHUNK), 0
    try:
        with open(path, "wb", buffering=0) as file:
            begun = time.monotonic()
            while done < asked["bytes"]:
                done += file.write(piece)
            os.fsync(file.fileno())
            return {"bytes": done, "seconds": time.monotonic() - begun}
    finally:
        os.path.exists(path) and os.unlink(path)


space = os.statvfs(asked["disk"])
free = space.f_bavail * space.f_frsize
writes = write_disk() if free > 2 * asked["bytes"] else {"bytes": 0, "seconds": 0}
print(json.dumps({"freeBytes": free, "read": read_medium(), "write": writes}))
