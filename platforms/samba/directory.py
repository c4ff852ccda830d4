"""Makes groups, accounts and memberships as declared; what is there already is left alone.

Input: {"groups": [{"name", "members": [..]}], "accounts": [{"name", "groups": [..]}], "password": str}
Output: {"changed": bool, "groups": n, "accounts": n}
"""
import json
import sys

from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB


def existing(database, kind):
    found = database.search(expression="(objectClass=%s)" % kind, attrs=["sAMAccountName", "member"])
    return {str(entry["sAMAccountName"][0]): [str(m) for m in entry.get("member", [])] for entry in found}


def main():
    wanted = json.load(sys.stdin)
    parameters = LoadParm()
    parameters.load_default()
    database = SamDB(session_info=system_session(), lp=parameters)
    groups, accounts = existing(database, "group"), existing(database, "user")
    changed = False
    database.transaction_start()
    for group in wanted["groups"]:
        if group["name"] not in groups:
            database.newgroup(group["name"])
            changed = True
    for account in wanted["accounts"]:
        if account["name"] not in accounts:
            database.newuser(account["name"], wanted["password"], description=account.get("description"))
            database.setexpiry("(sAMAccountName=%s)" % account["name"], 0, no_expiry_req=True)
            changed = True
    database.transaction_commit()
    memberships = {group["name"]: set(group["members"]) for group in wanted["groups"]}
    for account in wanted["accounts"]:
        for group in account["groups"]:
            memberships.setdefault(group, set()).add(account["name"])
    for group, members in sorted(memberships.items()):
        now = groups.get(group, [])
        missing = [m for m in sorted(members) if not any(dn.startswith("CN=%s," % m) for dn in now)]
        if missing:
            database.add_remove_group_members(group, missing, add_members_operation=True)
            changed = True
    json.dump({"changed": changed, "groups": len(wanted["groups"]), "accounts": len(wanted["accounts"])}, sys.stdout)


main()
