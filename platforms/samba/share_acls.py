"""Gives shares the NT ACLs that the inventory declares, inherited down to every file as Windows would (MS-DTYP 2.5.3.4).

Input: {"root", "workgroup", "shares": [{"folder", "owner", "acl": [..], "folders": [{"path", "owner", "acl", "protected"}]}]}
  an ACL entry: {"trustee", "type": allow|deny, "rights": read|modify|full, "appliesTo": ..}
Output: {"changed": bool, "entries": n}
"""
import json
import os
import subprocess
import sys

from samba.dcerpc import security, xattr
from samba.ndr import ndr_pack

RIGHTS = {"read": 0x001200A9, "modify": 0x001301BF, "full": 0x001F01FF}
OBJECT, CONTAINER, INHERIT_ONLY, INHERITED = 0x1, 0x2, 0x8, 0x10
APPLIES = {
    "this-folder-only": 0,
    "this-folder-subfolders-files": OBJECT | CONTAINER,
    "files-only": OBJECT | INHERIT_ONLY,
    "subfolders-files": OBJECT | CONTAINER | INHERIT_ONLY,
}
FLAG_TEXT = ((OBJECT, "OI"), (CONTAINER, "CI"), (INHERIT_ONLY, "IO"), (INHERITED, "ID"))
WELL_KNOWN = {"SYSTEM": "S-1-5-18", "Administrators": "S-1-5-32-544"}


class Names:
    """SIDs and uids of trustees, asked of winbind once each."""

    def __init__(self, workgroup):
        self.workgroup = workgroup
        self.sids = dict(WELL_KNOWN)

    def sid(self, name):
        if name not in self.sids:
            asked = subprocess.run(["wbinfo", "-n", "%s\\%s" % (self.workgroup, name)], capture_output=True, text=True)
            if asked.returncode != 0:
                sys.exit("Account o gruppo sconosciuto nel dominio / unknown in the domain: %s" % name)
            self.sids[name] = asked.stdout.split()[0]
        return self.sids[name]

    def uid(self, sid):
        asked = subprocess.run(["wbinfo", "-S", sid], capture_output=True, text=True)
        return int(asked.stdout) if asked.returncode == 0 else 0


def explicit(names, entries):
    """Entries in canonical order: deny before allow."""
    aces = [
        ("D" if e["type"] == "deny" else "A", APPLIES[e["appliesTo"]], RIGHTS[e["rights"]], names.sid(e["trustee"]))
        for e in entries
    ]
    return sorted(aces, key=lambda ace: ace[0] != "D")


def inherited(parent, is_folder):
    """What a child takes from its parent's entries."""
    child = []
    for kind, flags, mask, sid in parent:
        if is_folder and flags & CONTAINER:
            child.append((kind, (flags & (OBJECT | CONTAINER)) | INHERITED, mask, sid))
        elif is_folder and flags & OBJECT:
            child.append((kind, OBJECT | INHERIT_ONLY | INHERITED, mask, sid))
        elif not is_folder and flags & OBJECT:
            child.append((kind, INHERITED, mask, sid))
    return child


class Stamper:
    def __init__(self, group_sid):
        self.group_sid = group_sid
        self.blobs = {}
        self.changed = 0
        self.entries = 0

    def blob(self, owner_sid, aces, protected):
        key = (owner_sid, tuple(aces), protected)
        if key not in self.blobs:
            text = "".join(
                "(%s;%s;0x%x;;;%s)" % (kind, "".join(t for bit, t in FLAG_TEXT if flags & bit), mask, sid)
                for kind, flags, mask, sid in aces
            )
            sddl = "O:%sG:%sD:%s%s" % (owner_sid, self.group_sid, "PAI" if protected else "AI", text)
            acl = xattr.NTACL()
            acl.version = 1
            acl.info = security.descriptor.from_sddl(sddl, security.dom_sid(self.group_sid.rsplit("-", 1)[0]))
            self.blobs[key] = ndr_pack(acl)
        return self.blobs[key]

    def stamp(self, path, owner, aces, protected=False):
        sid, uid = owner
        wanted = self.blob(sid, aces, protected)
        try:
            present = os.getxattr(path, b"security.NTACL", follow_symlinks=False)
        except OSError:
            present = None
        self.entries += 1
        if present == wanted:
            return
        os.setxattr(path, b"security.NTACL", wanted, follow_symlinks=False)
        os.chown(path, uid, -1, follow_symlinks=False)
        self.changed += 1


def walk(stamper, names, root, relative, inherited_aces, owner, special):
    """Folders get explicit + inherited entries; a folder named in `special` its own explicit ones."""
    path = os.path.join(root, relative) if relative else root
    declared = special.get(relative)
    aces, protected = list(inherited_aces), False
    if declared is not None:
        protected = bool(declared.get("protected"))
        aces = explicit(names, declared["acl"]) + ([] if protected else aces)
        if declared.get("owner"):
            sid = names.sid(declared["owner"])
            owner = (sid, names.uid(sid))
    stamper.stamp(path, owner, aces, protected)
    os.chmod(path, 0o777)
    for_files, for_folders = inherited(aces, False), inherited(aces, True)
    with os.scandir(path) as items:
        for item in sorted(items, key=lambda i: i.name):
            below = os.path.join(relative, item.name) if relative else item.name
            if item.is_dir(follow_symlinks=False):
                walk(stamper, names, root, below, for_folders, owner, special)
            elif item.is_file(follow_symlinks=False):
                stamper.stamp(item.path, owner, for_files)


def main():
    wanted = json.load(sys.stdin)
    names = Names(wanted["workgroup"])
    stamper = Stamper(names.sid("Domain Users"))
    for share in wanted["shares"]:
        root = os.path.join(wanted["root"], share["folder"])
        os.makedirs(root, exist_ok=True)
        special = {"": share}
        for folder in share["folders"]:
            os.makedirs(os.path.join(root, folder["path"]), exist_ok=True)
            special[folder["path"]] = folder
        sid = names.sid(share.get("owner") or "Domain Admins")
        walk(stamper, names, root, "", [], (sid, names.uid(sid)), special)
    json.dump({"changed": stamper.changed > 0, "entries": stamper.entries}, sys.stdout)


main()
