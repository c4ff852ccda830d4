"""What a controller says of the domain, asked in one program: to start one, and to open the directory, takes as long as most answers.
dns_zones.py goes before it. Looks only.

Input: {"realm", "address"}
Output: {"srv": {service: [host:port]}, "records": [{"name", "type", "data"}] or what went wrong, "fsmo": [role=controller],
  "controllers": [..], "policies": n, "sysvol": "OK" or what is wrong, "dbcheck": its errors (the first ones name their objects) and its count}
"""
import contextlib
import functools
import itertools
import json
import os
import re
import subprocess
import sys

import ldb
from samba.auth import system_session
from samba.dbchecker import dbcheck
from samba.dcerpc import security
from samba.netcmd.fsmo import get_fsmo_roleowner
from samba.param import LoadParm
from samba.provision import checksysvolacl
from samba.samdb import SamDB

SERVICES = ("_ldap._tcp", "_kerberos._tcp", "_gc._tcp", "_kpasswd._tcp")
SHOWN = 3
# What dbcheck asks of the schema for each attribute of each object, always with the same answer.
OF_THE_SCHEMA = (
    "get_attid_from_lDAPDisplayName",
    "get_lDAPDisplayName_by_attid",
    "get_syntax_oid_from_lDAPDisplayName",
    "get_systemFlags_from_lDAPDisplayName",
)


def srv(service, domain, address):
    said = subprocess.run(["host", "-t", "SRV", "%s.%s" % (service, domain), address], capture_output=True, text=True).stdout
    return ["%s:%s" % (name, port) for port, name in re.findall(r" has SRV record \d+ \d+ (\d+) (.*)\.$", said, re.MULTILINE)]


def policies(sysvol):
    return sum(files.count("GPT.INI") for _, _, files in os.walk(sysvol))


def without_acl(sysvol):
    """What has no ACL at all, of which Samba's own check says no name. The folder of them all has none."""
    for folder, names, files in os.walk(sysvol):
        for path in (os.path.join(folder, name) for name in names + files):
            if "security.NTACL" not in os.listxattr(path):
                yield "senza ACL / without an ACL: %s" % path


def remembering(database):
    """The same directory, asked once for what stays: a sixth of dbcheck's time."""
    for name in OF_THE_SCHEMA:
        setattr(database, name, functools.cache(getattr(database, name)))
    for name in ("get_nc_root", "get_wellknown_dn"):
        setattr(database, name, by_text(getattr(database, name)))
    return database


def by_text(ask):
    """Names in a directory can be no keys themselves."""
    answers = {}

    def answer(dn, *rest):
        key = (str(dn), *rest)
        if key not in answers:
            answers[key] = ask(dn, *rest)
        return answers[key]

    return answer


class Checker(dbcheck):
    """`samba-tool dbcheck --cross-ncs`, whose words are kept."""

    def __init__(self, database):
        self.said = []
        super().__init__(remembering(database))

    def report(self, msg):
        self.said.append(str(msg))

    def outcome(self):
        self.check_database(controls=["show_deleted:1", "search_options:1:2"], attrs=["*"])
        errors = [line for line in self.said if line.startswith("ERROR")]
        return "\n".join(errors[:SHOWN] + self.said[-1:])


class Directory:
    """One that does not open says so to whoever asks it."""

    def __init__(self, parameters):
        self.parameters = parameters

    @functools.cached_property
    def database(self):
        return SamDB(session_info=system_session(), lp=self.parameters)

    def records(self):
        return list(listed(self.database))

    def fsmo(self):
        """The roles that have an owner, as `samba-tool fsmo show` looks for them."""
        base = self.database.domain_dn()
        roles = {
            "SchemaMasterRole": self.database.get_schema_basedn(),
            "InfrastructureMasterRole": "CN=Infrastructure,%s" % base,
            "RidAllocationMasterRole": "CN=RID Manager$,CN=System,%s" % base,
            "PdcEmulationMasterRole": base,
            "DomainNamingMasterRole": "CN=Partitions,%s" % self.database.get_config_basedn(),
            "DomainDnsZonesMasterRole": "CN=Infrastructure,DC=DomainDnsZones,%s" % base,
            "ForestDnsZonesMasterRole": "CN=Infrastructure,DC=ForestDnsZones,%s" % self.database.get_root_basedn(),
        }
        for role, place in roles.items():
            owner = get_fsmo_roleowner(self.database, str(place), role)
            if owner is not None:
                yield "%s=%s" % (role, owner.get_component_value(1))

    def controllers(self):
        found = self.database.search(base=self.database.get_config_basedn(), expression="(objectClass=nTDSDSA)", attrs=["dn"])
        return [entry.dn.get_component_value(1) for entry in found]

    def sysvol_acls(self):
        database, given = self.database, self.parameters.get
        domain_sid = security.dom_sid(database.domain_sid)
        sysvol = given("path", "sysvol")
        try:
            checksysvolacl(
                database, given("path", "netlogon"), sysvol, domain_sid, given("realm").lower(), database.domain_dn(), self.parameters
            )
        except Exception as error:
            return "\n".join([*itertools.islice(without_acl(sysvol), SHOWN), wrong(error)])
        return "OK"

    def check(self):
        return Checker(self.database).outcome()


def wrong(error):
    return "ERROR: %s" % (error or type(error).__name__)


def asked(work, *given):
    """What went wrong is an answer too, which must not hide the others."""
    try:
        return work(*given)
    except Exception as error:
        return wrong(error)


def asked_for_list(work, *given):
    try:
        return list(work(*given))
    except Exception as error:
        return [wrong(error)]


def main():
    wanted = json.load(sys.stdin)
    domain = wanted["realm"].lower()
    parameters = LoadParm()
    parameters.load_default()
    # Samba's own modules print what they think.
    with contextlib.redirect_stdout(sys.stderr):
        directory = Directory(parameters)
        answer = {
            "srv": {service: srv(service, domain, wanted["address"]) for service in SERVICES},
            "records": asked(directory.records),
            "fsmo": asked_for_list(directory.fsmo),
            "controllers": asked_for_list(directory.controllers),
            "policies": policies(parameters.get("path", "sysvol")),
            "sysvol": asked(directory.sysvol_acls),
            "dbcheck": asked(directory.check),
        }
    json.dump(answer, sys.stdout)


main()
