"""Sums up a snapshot's stage (a tar of manifest and domain archive) and its applications for whoever judges it; judges nothing itself.

  snapshot_contents.py WORK STAGE EXPECTED     WORK/stage.tar and perhaps WORK/previous.gz, WORK/applications.jsonl (what "restic ls" says) with
                                               the manifests below WORK/applications; one JSON object on standard output
"""
import gzip
import json
import os
import shutil
import sys
import tarfile
import time

WINDOWS_EPOCH_S = 11644473600
NEVER = (0, 0x7FFFFFFFFFFFFFFF)
DISABLED, PASSWORD_NEVER_EXPIRES = 0x2, 0x10000
# Bits a byte (manifest.py): nothing compressed is below the first, nothing else than compressed or encrypted above the second.
PLAIN, NOISE = 6.5, 7.5


def lines(packed):
    with gzip.open(packed, "rt", encoding="utf-8", errors="surrogateescape") as text:
        for line in text:
            yield json.loads(line)


def shares_of(entries, expected, files):
    """Totals of each top folder, and the facts about the paths that were asked for; `files` is filled."""
    shares, acls, canaries, total, size = {}, {}, {}, 0, 0
    for entry in entries:
        path, kind = entry["p"], entry["t"]
        share = shares.setdefault(path.split("/", 1)[0], {"entries": 0, "files": 0, "bytes": 0, "withoutAcl": 0})
        share["entries"] += 1
        share["withoutAcl"] += entry.get("a") is None
        total += 1
        size += entry.get("s", 0)
        if kind == "f":
            share["files"] += 1
            share["bytes"] += entry.get("s", 0)
            files[path] = file_of(entry)
        if path in expected["folders"]:
            acls[path] = entry.get("a")
        if path in expected["canaries"]:
            canaries[path] = entry.get("h")
    return {"entries": total, "bytes": size, "shares": shares, "acls": acls, "canaries": canaries}


def file_of(entry):
    """Digest, and bits a byte: unknown in a manifest of before they were written, and of a file that holds next to nothing."""
    return entry.get("h"), entry.get("b")


def change(before, now):
    """What happened to the files of the snapshot before. Renamed: gone, but a new name in the same folder goes on from the old one."""
    new = set(now) - set(before)
    by_folder = {}
    for path in new:
        by_folder.setdefault(os.path.dirname(path), []).append(os.path.basename(path))
    changed = gone = renamed = plain = noise = 0
    for path, (digest, bits) in before.items():
        later = path
        if path in now:
            changed += now[path][0] != digest
        else:
            gone += 1
            folder, name = os.path.split(path)
            stem = os.path.splitext(name)[0]
            others = by_folder.get(folder, ())
            later = next((os.path.join(folder, other) for other in others if other.startswith(name + ".") or os.path.splitext(other)[0] == stem), None)
            renamed += later is not None
        if bits is not None and bits <= PLAIN and later is not None:
            plain += 1
            noise += (now[later][1] or 0) >= NOISE
    return {"filesBefore": len(before), "changed": changed, "gone": gone, "renamed": renamed, "new": len(new), "plain": plain, "noise": noise}


def number(message, name):
    try:
        return int(str(message[name][0]))
    except (KeyError, ValueError):
        return 0


def reasons_against(message, max_password_age):
    control, expires = number(message, "userAccountControl"), number(message, "accountExpires")
    now = (time.time() + WINDOWS_EPOCH_S) * 10**7
    if control & DISABLED:
        return "disabled"
    if expires not in NEVER and expires < now:
        return "expired"
    if max_password_age and not control & PASSWORD_NEVER_EXPIRES:
        changed = number(message, "pwdLastSet")
        if changed == 0 or changed + max_password_age < now:
            return "password-expired"
    return None


def directory(path):
    """Names with their SIDs, out of the domain partition as it lies in the archive: no service is started for that."""
    import ldb
    from samba.dcerpc import security
    from samba.ndr import ndr_unpack

    database = ldb.Ldb("tdb://" + path, flags=ldb.FLG_RDONLY | ldb.FLG_DONT_CREATE_DB)
    heads = database.search(expression="(maxPwdAge=*)", attrs=["maxPwdAge"])
    age = -number(heads[0], "maxPwdAge") if heads else 0
    age = 0 if age >= NEVER[1] else age
    names = {}
    attributes = ["sAMAccountName", "objectSid", "userAccountControl", "accountExpires", "pwdLastSet", "isDeleted"]
    for message in database.search(expression="(sAMAccountName=*)", attrs=attributes):
        if "isDeleted" in message:
            continue
        user = "userAccountControl" in message
        names[str(message["sAMAccountName"][0])] = {
            "sid": str(ndr_unpack(security.dom_sid, message["objectSid"][0])),
            "against": reasons_against(message, age) if user else None,
        }
    return names


def domain(archive, work):
    """The realm that the archive says it is of, and who is in it. It is unpacked once, from its beginning to its end: that is what takes long."""
    note, partition, size = "", None, -1
    path = os.path.join(work, "domain.ldb")
    with tarfile.open(fileobj=archive, mode="r|*") as tar:
        for member in tar:
            name = member.name.removeprefix("./")
            if name == "backup.txt":
                note = tar.extractfile(member).read().decode()
            elif is_partition(name) and member.size > size:
                partition, size = name, member.size
                with open(path, "wb") as copy:
                    shutil.copyfileobj(tar.extractfile(member), copy)
    if partition is None:
        raise ValueError("no domain partition in the archive")
    realm = ".".join(part[3:] for part in os.path.basename(partition)[: -len(".ldb")].split(",") if part.upper().startswith("DC="))
    return {"realm": realm, "note": note.strip(), "names": directory(path)}


def is_partition(name):
    """The domain's own is the largest of these: there are those of the DNS beside it."""
    return name.startswith("private/sam.ldb.d/DC=") and name.endswith(".ldb") and "DNSZONES" not in name.upper()


def listed(work, stage):
    """The files of the applications in the snapshot with their lengths, by application and then by path in its folder."""
    found = {}
    path = os.path.join(work, "applications.jsonl")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as lines:
            for node in map(json.loads, lines):
                below = node.get("path", "").removeprefix(stage + "/")
                if node.get("type") == "file" and "/" in below and below != node["path"]:
                    application, name = below.split("/", 1)
                    found.setdefault(application, {})[name] = node.get("size", 0)
    return found


def application(files, manifest):
    """What its own manifest says that there must be, against what there is."""
    if files is None:
        return None
    try:
        with open(manifest, encoding="utf-8") as text:
            said = json.load(text)
        rows, sizes = sum(table["rows"] for table in said["tables"].values()), said["dump"]
    except Exception as error:  # whatever a damaged file makes a library throw
        return {"rows": 0, "wrong": ["manifest.json (%s)" % type(error).__name__]}
    wrong = ["%s (%s / %d byte)" % (name, files.get(name, "-"), size) for name, size in sorted(sizes.items()) if files.get(name) != size]
    return {"rows": rows, "wrong": wrong[:5]}


def attempt(work):
    """What does not read is told, and judged by who asked."""
    try:
        return work(), None
    except Exception as error:  # whatever a damaged file makes a library throw
        return None, "%s: %s" % (type(error).__name__, str(error)[:200])


def main():
    work, stage, expected = sys.argv[1], sys.argv[2].strip("/"), json.loads(sys.argv[3])
    with tarfile.open(os.path.join(work, "stage.tar")) as tar:
        members = {member.name.strip("/").removeprefix(stage + "/"): member for member in tar.getmembers() if member.isfile()}
        inventory = sum(name.startswith("inventory/") and name.endswith(".yaml") for name in members)
        files, answer = {}, {"manifest": None, "domain": None, "change": None, "inventory": inventory, "errors": {}}
        if manifest := members.get(expected["manifest"]):
            answer["manifest"], answer["errors"]["manifest"] = attempt(lambda: shares_of(lines(tar.extractfile(manifest)), expected, files))
        if archive := members.get(expected["domain"]):
            found, answer["errors"]["domain"] = attempt(lambda: domain(tar.extractfile(archive), work))
            if found is not None:
                wanted = set(expected["names"])
                found["total"] = len(found["names"])
                found["names"] = {name: found["names"][name] for name in wanted & set(found["names"])}
            answer["domain"] = found
    dumps = listed(work, expected["applicationsStage"])
    manifests = os.path.join(work, "applications") + expected["applicationsStage"]
    answer["applications"] = {name: application(dumps.get(name), os.path.join(manifests, name, "manifest.json")) for name in expected["applications"]}
    answer["applicationBytes"] = sum(size for found in dumps.values() for name, size in found.items() if name != "manifest.json")
    previous = os.path.join(work, "previous.gz")
    if os.path.exists(previous) and answer["manifest"] is not None:
        before = attempt(lambda: {entry["p"]: file_of(entry) for entry in lines(previous) if entry["t"] == "f"})[0]
        answer["change"] = change(before, files) if before else None
    json.dump(answer, sys.stdout)


main()
