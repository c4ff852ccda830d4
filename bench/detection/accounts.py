"""Expires or disables accounts in an offline backup of the domain. Input (JSON): {"archive", "folder" (to work in), "change", "accounts"}."""
import json
import os
import shutil
import sys
import tarfile

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

wanted = json.load(sys.stdin)
shutil.rmtree(wanted["folder"], ignore_errors=True)
with tarfile.open(wanted["archive"]) as archive:
    archive.extractall(wanted["folder"])
parameters = LoadParm()
parameters.load_default()
parameters.set("private dir", os.path.join(wanted["folder"], "private"))
parameters.set("state directory", os.path.join(wanted["folder"], "state"))
database = SamDB(os.path.join(wanted["folder"], "private", "sam.ldb"), session_info=system_session(), lp=parameters)
for account in wanted["accounts"]:
    found = database.search(expression="(sAMAccountName=%s)" % ldb.binary_encode(account), attrs=["userAccountControl"])
    change = ldb.Message(found[0].dn)
    if wanted["change"] == "expired-account":
        change["accountExpires"] = ldb.MessageElement("116444736000000001", ldb.FLAG_MOD_REPLACE, "accountExpires")
    else:
        flags = int(found[0]["userAccountControl"][0]) | 2
        change["userAccountControl"] = ldb.MessageElement(str(flags), ldb.FLAG_MOD_REPLACE, "userAccountControl")
    database.modify(change)
with tarfile.open(wanted["archive"], "w:bz2") as archive:
    for name in sorted(os.listdir(wanted["folder"])):
        archive.add(os.path.join(wanted["folder"], name), name)
shutil.rmtree(wanted["folder"])
print(len(wanted["accounts"]))
