"""Removes what leads to machines that are lost from the directory, on a controller. dns_zones.py goes before it.

Input: {"networks": ["10.55.1.0/24"], "keepHosts": [..]}
  every A record inside `networks` goes, and the computer accounts of the names that pointed there, except keepHosts.
Output: {"removed": [..], "changed": bool}
"""
import ipaddress
import json
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import dnsp
from samba.ndr import ndr_pack
from samba.param import LoadParm
from samba.samdb import SamDB


def prune(database, networks, keep):
    removed = []
    for node, zone, records in list(nodes(database)):
        gone = [r for r in records if r.wType == dnsp.DNS_TYPE_A and any(ipaddress.ip_address(str(r.data)) in n for n in networks)]
        if not gone:
            continue
        kept = [ndr_pack(r) for r in records if r not in gone]
        if kept:
            message = ldb.Message(node.dn)
            message["dnsRecord"] = ldb.MessageElement(kept, ldb.FLAG_MOD_REPLACE, "dnsRecord")
            database.modify(message)
        else:
            database.delete(node.dn)
        removed += ["%s.%s A %s" % (node["name"][0], zone, r.data) for r in gone]
        removed += account(database, str(node["name"][0]), keep)
    return removed


def account(database, name, keep):
    """The computer account of a machine that is lost; what it shared is served under a new name."""
    if name.lower() in keep:
        return []
    found = database.search(expression="(&(objectClass=computer)(sAMAccountName=%s$)(!(userAccountControl:1.2.840.113556.1.4.803:=8192)))" % ldb.binary_encode(name), attrs=["dn"])
    for entry in found:
        database.delete(entry.dn, ["tree_delete:1"])
    return ["computer %s" % name for _ in found]


def main():
    wanted = json.load(sys.stdin)
    parameters = LoadParm()
    parameters.load_default()
    database = SamDB(session_info=system_session(), lp=parameters)
    networks = [ipaddress.ip_network(n) for n in wanted["networks"]]
    database.transaction_start()
    removed = prune(database, networks, {n.lower() for n in wanted["keepHosts"]})
    database.transaction_commit()
    json.dump({"removed": removed, "changed": bool(removed)}, sys.stdout)


main()
