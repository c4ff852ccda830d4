"""The domain's DNS records as they lie in the directory (MS-DNSP). No program of its own: put before those that need it."""
import ldb
from samba.dcerpc import dnsp
from samba.ndr import ndr_unpack

TYPES = {dnsp.DNS_TYPE_A: "A", dnsp.DNS_TYPE_SRV: "SRV", dnsp.DNS_TYPE_CNAME: "CNAME", dnsp.DNS_TYPE_NS: "NS"}


def text(record):
    if record.wType == dnsp.DNS_TYPE_A:
        return str(record.data)
    if record.wType == dnsp.DNS_TYPE_SRV:
        return "%s:%d" % (record.data.nameTarget, record.data.wPort)
    return str(record.data)


def nodes(database):
    base = str(database.get_default_basedn())
    for partition in ("DomainDnsZones", "ForestDnsZones"):
        found = database.search(
            base="DC=%s,%s" % (partition, base), scope=ldb.SCOPE_SUBTREE, expression="(objectClass=dnsNode)", attrs=["dnsRecord", "name"]
        )
        for node in found:
            zone = node.dn.get_component_value(1)
            if zone.startswith("RootDNSServers"):
                continue
            yield node, zone, [ndr_unpack(dnsp.DnssrvRpcRecord, blob) for blob in node.get("dnsRecord", [])]


def listed(database):
    for node, zone, records in nodes(database):
        for record in records:
            if record.wType in TYPES:
                yield {"name": "%s.%s" % (node["name"][0], zone), "type": TYPES[record.wType], "data": text(record)}
