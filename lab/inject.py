"""Damages one thing of a restored site, as quietly as real damage would, and prints what it was.

Input: {"injection", "root", "share", "staleName", "staleAddress", "zone"}
"""
import json
import os
import shutil
import sys


def victim(folder):
    """The first regular file with contents, in byte order, some way into the tree."""
    found = []
    for path, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            full = os.path.join(path, name)
            if os.path.getsize(full) > 0 and not name.startswith("LEGGIMI"):
                found.append(full)
    return found[len(found) // 2]


def lost_ace(root, share):
    from samba.dcerpc import xattr
    from samba.ndr import ndr_pack, ndr_unpack

    path = victim(os.path.join(root, share))
    acl = ndr_unpack(xattr.NTACL, os.getxattr(path, "security.NTACL"))
    descriptor = acl.info if acl.version == 1 else acl.info.sd
    last = descriptor.dacl.aces[-1]
    descriptor.dacl_del(last.trustee)
    os.setxattr(path, "security.NTACL", ndr_pack(acl))
    return path


def changed_byte(root, share):
    path = victim(os.path.join(root, share))
    times = os.stat(path)
    with open(path, "r+b") as target:
        target.seek(os.path.getsize(path) // 2)
        byte = target.read(1)
        target.seek(-1, os.SEEK_CUR)
        target.write(bytes([byte[0] ^ 1]))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return path


def stale_dns(name, address, zone):
    import ldb
    from samba.auth import system_session
    from samba.dcerpc import dnsp
    from samba.ndr import ndr_pack
    from samba.param import LoadParm
    from samba.samdb import SamDB

    parameters = LoadParm()
    parameters.load_default()
    database = SamDB(session_info=system_session(), lp=parameters)
    record = dnsp.DnssrvRpcRecord()
    record.wType = dnsp.DNS_TYPE_A
    record.rank = dnsp.DNS_RANK_ZONE
    record.dwTtlSeconds = 900
    record.data = address
    base = database.get_default_basedn()
    database.add({
        "dn": ldb.Dn(database, "DC=%s,DC=%s,CN=MicrosoftDNS,DC=DomainDnsZones,%s" % (name, zone, base)),
        "objectClass": ["top", "dnsNode"],
        "dnsRecord": ndr_pack(record),
    })
    return "%s.%s A %s" % (name, zone, address)


def main():
    wanted = json.load(sys.stdin)
    if wanted["injection"] == "lost-ace":
        print(lost_ace(wanted["root"], wanted["share"]))
    elif wanted["injection"] == "changed-byte":
        print(changed_byte(wanted["root"], wanted["share"]))
    elif wanted["injection"] == "missing-share":
        path = os.path.join(wanted["root"], wanted["share"])
        shutil.rmtree(path)
        print(path)
    else:
        print(stale_dns(wanted["staleName"], wanted["staleAddress"], wanted["zone"]))


main()
