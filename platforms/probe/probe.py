"""What a desk sees of its suppliers' services, through each of its lines, and of our own applications. Only observes; probe.ts judges.

Root, Python 3 and iproute2 are all it needs. A line is chosen by a mark on the connection (socket(7), SO_MARK) and a routing table of its
own (ip-rule(8)), which are there while this runs only; the desk's other traffic goes its usual way.

Input: {"lines": [{"id", "gateway", "resolver"}], "budgetSeconds",
        "endpoints": [{"id", "host", "port", "path", "contains"}],
        "applications": [{"id", "address", "port", "path", "contains"}]}
Output: {"lines": [{"line", "ready", "reason", "resolver"}], "seen": [{"line", "endpoint", "elapsedMs", "dns", "tcp", "tls", "http"}], "applications": [...]}
"""
import concurrent.futures
import email.utils
import errno
import fcntl
import html
import http.client
import ipaddress
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

FIRST_TABLE = 2201  # also the mark and the priority of its rule: nothing of Debian's uses them
GATEWAY_SECONDS = 1.5
DNS_SECONDS = (1.0, 2.0)  # asked once more after the first, for a lost packet
KNOCK_SECONDS = 2.0
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
LOCK_SECONDS = 30
LONGEST_PAGE = 512 * 1024


def ip(options, *commands):
    """Several commands, one program: to start it takes longer than to carry one out (ip(8), -batch)."""
    return subprocess.run(["ip", *options, "-batch", "-"], input="\n".join(commands), capture_output=True, text=True, check=False)


def close_tables(tables):
    ip(["-force"], *("rule del priority %d\nroute flush table %d" % (table, table) for table in tables))


def open_line(line, table):
    """Makes the line's own way. Says why where that can't be."""
    done = ip([], "route replace default via %s table %d" % (line["gateway"], table),
              "rule add fwmark %d lookup %d priority %d" % (table, table, table),
              "neigh flush to %s" % line["gateway"])
    if done.returncode != 0:
        return {"line": line["id"], "ready": None, "reason": done.stderr.strip() or "ip: %d" % done.returncode, "resolver": None}
    answers = answers_on_the_network(line["gateway"])
    return {"line": line["id"], "ready": answers, "reason": "" if answers else "no answer to ARP", "resolver": None}


def hardware_address_known(address):
    """arp(7): flag 2 is a complete entry."""
    with open("/proc/net/arp", encoding="ascii") as table:
        return any(int(flags, 16) & 2 for to, _, flags, *_ in map(str.split, table.readlines()[1:]) if to == address)


def answers_on_the_network(address):
    """A router need not answer a ping; it must answer who has its address, which was forgotten before."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
        deadline = time.monotonic() + GATEWAY_SECONDS
        try:
            knock.connect((address, 9))
            knock.send(b"")
        except OSError:
            return False
        while time.monotonic() < deadline:
            if hardware_address_known(address):
                return True
            time.sleep(0.01)
    return False


def reason_of(error):
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if getattr(error, "errno", None) in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "unreachable"
    if isinstance(error, ConnectionResetError):
        return "reset"
    return str(error)


def marked(kind, mark):
    opened = socket.socket(socket.AF_INET, kind)
    if mark is not None:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
    return opened


def question(name, number):
    labels = b"".join(bytes([len(label)]) + label for label in name.encode("ascii").split(b"."))
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)


def after_name(answer, at):
    while True:
        length = answer[at]
        if length >= 0xC0:
            return at + 2
        at += 1 + length
        if length == 0:
            return at


def addresses_in(answer):
    """The A records (RFC 1035, 4.1); whatever names lie between."""
    questions, answers = struct.unpack("!HH", answer[4:8])
    at, found = 12, []
    for _ in range(questions):
        at = after_name(answer, at) + 4
    for _ in range(answers):
        at = after_name(answer, at)
        kind, _, _, length = struct.unpack("!HHIH", answer[at:at + 10])
        if kind == 1 and length == 4:
            found.append(str(ipaddress.IPv4Address(answer[at + 10:at + 14])))
        at += 10 + length
    return found


RESPONSE_CODES = {2: "servfail", 3: "nxdomain", 5: "denied"}


def resolve(name, resolver, mark):
    number = int.from_bytes(os.urandom(2), "big")
    with marked(socket.SOCK_DGRAM, mark) as channel:
        try:
            channel.connect((resolver, 53))
            return understood(ask_name(channel, question(name, number)), number)
        except (IndexError, struct.error):
            return {"addresses": [], "error": "not an answer"}
        except OSError as failure:
            return {"addresses": [], "error": reason_of(failure)}


def ask_name(channel, asked):
    for seconds in DNS_SECONDS:
        channel.send(asked)
        channel.settimeout(seconds)
        try:
            return channel.recv(4096)
        except socket.timeout:
            continue
    raise socket.timeout


def understood(answer, number):
    if struct.unpack("!H", answer[:2])[0] != number:
        return {"addresses": [], "error": "not an answer"}
    code = answer[3] & 0x0F
    if code != 0:
        return {"addresses": [], "error": RESPONSE_CODES.get(code, "code %d" % code)}
    found = addresses_in(answer)
    return {"addresses": found, "error": None if found else "nodata"}


def knock(resolver, mark):
    """Whether the resolver's machine is there at all: it refuses connections without limit, but says "no such port" seldom (icmp(7))."""
    with marked(socket.SOCK_STREAM, mark) as channel:
        channel.settimeout(KNOCK_SECONDS)
        try:
            channel.connect((resolver, 53))
            return "open"
        except OSError as failure:
            return reason_of(failure)


def connect(addresses, port, mark):
    """The first address that takes the connection, as a browser does it."""
    error, tried = "timeout", addresses[:3]
    for address in tried:
        channel = marked(socket.SOCK_STREAM, mark)
        channel.settimeout(CONNECT_SECONDS / len(tried))
        try:
            channel.connect((address, port))
            channel.settimeout(ANSWER_SECONDS)
            return channel, {"address": address, "error": None}
        except OSError as failure:
            error = reason_of(failure)
            channel.close()
    return None, {"address": tried[0], "error": error}


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def described(certificate):
    def parts(field, *wanted):
        return [value for group in certificate.get(field, ()) for key, value in group if key in wanted]
    return {
        "names": [value for kind, value in certificate.get("subjectAltName", ()) if kind == "DNS"] or parts("subject", "commonName"),
        "issuer": parts("issuer", "organizationName", "commonName"),
        "notBeforeUtc": utc(ssl.cert_time_to_seconds(certificate["notBefore"])),
        "notAfterUtc": utc(ssl.cert_time_to_seconds(certificate["notAfter"])),
    }


def decoded(der):
    """A certificate that failed is shown by no public function of this Python: the decoder of its own tests reads it from a file."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(ssl.DER_cert_to_PEM_cert(der))
        file.flush()
        return ssl._ssl._test_decode_cert(file.name)


# X509_V_ERR_*, openssl/x509_vfy.h
TRUST = {9: "not-yet-valid", 10: "expired", 62: "other-name"}
TRUSTING = ssl.create_default_context()
LOOKING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody: the authorities need not be read a second time
LOOKING.check_hostname = False
LOOKING.verify_mode = ssl.CERT_NONE


def secure(channel, host):
    """The connection under TLS, and what its certificate is worth."""
    wrapped = TRUSTING.wrap_socket(channel, server_hostname=host)
    return wrapped, {"trust": "good", "reason": "", "certificate": described(wrapped.getpeercert())}


def look_all_the_same(address, port, host, mark, failure):
    """What is behind a certificate that nobody should trust: for the sentence that says so, nothing secret goes there."""
    trust = TRUST.get(getattr(failure, "verify_code", None), "untrusted")
    seen = {"trust": trust, "reason": failure.verify_message, "certificate": None}
    channel, _ = connect([address], port, mark)
    if channel is None:
        return None, seen
    try:
        wrapped = LOOKING.wrap_socket(channel, server_hostname=host)
        seen["certificate"] = described(decoded(wrapped.getpeercert(binary_form=True)))
        return wrapped, seen
    except (OSError, ValueError):
        channel.close()
        return None, seen


def ask(channel, host, path, contains):
    """One GET (RFC 9110). `aheadSeconds`: how far this desk's clock is before the server's, which tells whole seconds."""
    seen = {"status": None, "contains": False, "location": None, "aheadSeconds": None, "error": None}
    try:
        channel.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: dr-services\r\nAccept-Encoding: identity\r\n"
                         "Connection: close\r\n\r\n" % (path, host)).encode("ascii"))
        answer = http.client.HTTPResponse(channel)
        answer.begin()
        now = time.time()
        seen["status"] = answer.status
        seen["location"] = answer.getheader("Location")
        date = answer.getheader("Date")
        if date is not None:
            seen["aheadSeconds"] = round(now - email.utils.parsedate_to_datetime(date).timestamp())
        page = answer.read(LONGEST_PAGE).decode("utf-8", "replace")
        seen["contains"] = contains is None or contains in html.unescape(page)
    except (http.client.HTTPException, ValueError) as failure:
        seen["error"] = "not HTTP: %s" % failure
    except OSError as failure:
        seen["error"] = reason_of(failure)
    return seen


def probe_endpoint(line, endpoint, mark):
    started = time.monotonic()
    seen = {"line": line["id"], "endpoint": endpoint["id"], "dns": None, "tcp": None, "tls": None, "http": None}

    def finished():
        return {**seen, "elapsedMs": round((time.monotonic() - started) * 1000)}

    seen["dns"] = resolve(endpoint["host"], line["resolver"], mark)
    if seen["dns"]["error"] is not None:
        return finished()
    channel, seen["tcp"] = connect(seen["dns"]["addresses"], endpoint["port"], mark)
    if channel is None:
        return finished()
    wrapped = None
    try:
        wrapped, seen["tls"] = secure(channel, endpoint["host"])
    except ssl.SSLCertVerificationError as failure:
        wrapped, seen["tls"] = look_all_the_same(seen["tcp"]["address"], endpoint["port"], endpoint["host"], mark, failure)
    except ssl.SSLError as failure:
        seen["tls"] = {"trust": "no-tls", "reason": failure.reason or str(failure), "certificate": None}
    except OSError as failure:
        seen["tls"] = {"trust": "no-tls", "reason": reason_of(failure), "certificate": None}
    finally:
        channel.close()
    if wrapped is not None:
        with wrapped:
            seen["http"] = ask(wrapped, endpoint["host"], endpoint["path"], endpoint["contains"])
    return finished()


def probe_application(application):
    channel, tcp = connect([application["address"]], application["port"], None)
    if channel is None:
        return {"application": application["id"], "tcp": tcp, "http": None}
    with channel:
        return {"application": application["id"], "tcp": tcp,
                "http": ask(channel, application["address"], application["path"], application["contains"])}


def probe_line(line, table, endpoints, pool):
    """The line's state, and the looks under way through it: none where there is no way."""
    state = open_line(line, table)
    if state["ready"] is not True:
        return state, None, []
    return state, pool.submit(knock, line["resolver"], table), [pool.submit(probe_endpoint, line, endpoint, table) for endpoint in endpoints]


def alone(path):
    """One probe at a time on a desk: two would take each other's tables away."""
    lock = open(path, "w")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit("Un'altra sonda lavora su questa postazione. / Another probe works on this desk.")
            time.sleep(0.05)


def main():
    wanted = json.load(sys.stdin)
    lock = alone("/run/dr-probe.lock")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    deadline = time.monotonic() + wanted["budgetSeconds"]
    lines = wanted["lines"]
    tables = range(FIRST_TABLE, FIRST_TABLE + len(lines))
    looks = len(lines) * (2 + len(wanted["endpoints"])) + len(wanted["applications"])
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=looks + 1)
    close_tables(tables)  # of a probe that was killed
    try:
        applications = [pool.submit(probe_application, one) for one in wanted["applications"]]
        opened = [pool.submit(probe_line, line, table, wanted["endpoints"], pool) for line, table in zip(lines, tables)]
        begun = [one.result() for one in opened]
        seen = [one for _, _, asked in begun for one in asked]
        knocks = [knocked for _, knocked, _ in begun if knocked is not None]
        concurrent.futures.wait(seen + knocks + applications, timeout=max(0, deadline - time.monotonic()))
        answer = {
            "lines": [{**state, "resolver": knocked.result() if knocked is not None and knocked.done() else None}
                      for state, knocked, _ in begun],
            "seen": [one.result() for one in seen if one.done()],
            "applications": [one.result() for one in applications if one.done()],
        }
    finally:
        close_tables(tables)
    lock.close()
    print(json.dumps(answer), flush=True)
    os._exit(0)  # a look that is still under way has had its time


main()
