"""Makes Tryton with its attendance module into Lucca's attendance of the staff; it stands in for the product that the plan does not name.

It runs on the application server (python3, a JSON object on standard input):
empty, database {name, owner}, folders, units, port, account, password, offices [name], bytes.
`empty` is a file with Tryton's empty database (platforms/lab-image.ts). Everything in the database is written in one transaction, so a
database that has employees is whole. A second Tryton on the same server has a unit and a folder of its own.
"""
import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.request

from passlib.hash import pbkdf2_sha512

ROW_BYTES = 210  # of attendance_line, its index and its share of the free room
LEAST_ROWS = 5_000
PEOPLE_OF_AN_OFFICE = 5


def run(*command, stdin=""):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr.strip()[-600:]}")
    return done.stdout.strip()


def sql(user, database, text):
    arguments = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    return run("runuser", "-u", user, "--", "psql", *arguments, database, stdin=text)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def make_database(name, owner):
    lock = open("/run/dr-tryton.lock", "w")  # two entries of this product have one owner
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not sql("postgres", "postgres", f"SELECT 1 FROM pg_roles WHERE rolname = {quoted(owner)}"):
        run("runuser", "-u", "postgres", "--", "createuser", owner)
    if not sql("postgres", "postgres", f"SELECT 1 FROM pg_database WHERE datname = {quoted(name)}"):
        run("runuser", "-u", "postgres", "--", "createdb", f"--owner={owner}", "--encoding=UTF8", "--template=template0", name)
    lock.close()


def is_filled(name, owner):
    return sql(owner, name, "SELECT to_regclass('company_employee')") != "" and sql(
        owner, name, "SELECT 1 FROM company_employee LIMIT 1") == "1"


def contents(spec):
    """The Chamber, its people (an office and a number, never a name), the account, and the hours of the past weeks."""
    people = [f"{office} {number}" for office in spec["offices"] for number in range(1, PEOPLE_OF_AN_OFFICE + 1)]
    rows = max(LEAST_ROWS, spec["bytes"] // ROW_BYTES)
    days = rows // (4 * len(people)) + 1
    parties = ["Camera di Commercio di Lucca", "Prova di ripristino", *people]
    values = ",".join(f"(true, {quoted(str(code))}, {quoted(name)})" for code, name in enumerate(parties, 1))
    account, secret = quoted(spec["account"]), quoted(pbkdf2_sha512.hash(spec["password"]))
    return f"""
INSERT INTO currency_currency (active, code, digits, name, numeric_code, rounding, symbol)
  VALUES (true, 'EUR', 2, 'Euro', '978', 0.01, '€');
INSERT INTO party_party (active, code, name) VALUES {values};
INSERT INTO company_company (currency, party)
  SELECT currency_currency.id, party_party.id FROM currency_currency, party_party WHERE party_party.code = '1';
INSERT INTO company_employee (company, party, start_date)
  SELECT company_company.id, party_party.id, DATE '2016-01-01' FROM company_company, party_party WHERE party_party.code <> '1' ORDER BY party_party.id;
INSERT INTO res_user (active, login, name, menu, password_hash, company, company_filter, employee)
  SELECT true, {account}, 'Prova di ripristino', menu, {secret}, employee.company, 'one', employee.id
  FROM res_user JOIN company_employee employee ON employee.id = (SELECT min(id) FROM company_employee) WHERE login = 'admin';
INSERT INTO "res_user-company_company" ("user", company) SELECT id, company FROM res_user WHERE login = {account};
INSERT INTO "res_user-company_employee" ("user", employee) SELECT id, employee FROM res_user WHERE login = {account};
INSERT INTO attendance_line (at, company, date, employee, type, create_date, create_uid)
  SELECT day + hour, employee.company, day, employee.id, type, day + hour, 0
  FROM generate_series(1, {days}) back
  CROSS JOIN LATERAL (SELECT (CURRENT_DATE - back)::timestamp AS day) days
  CROSS JOIN company_employee employee
  CROSS JOIN (VALUES (TIME '08:00', 'in'), ('13:00', 'out'), ('14:00', 'in'), ('17:30', 'out')) hours (hour, type);
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def configure(spec):
    """The first folder holds the settings, the second what users attach."""
    settings, attachments = spec["folders"][:2]
    write(f"{settings}/trytond.conf", f"""[web]
listen = 0.0.0.0:{spec["port"]}
[database]
uri = postgresql://
path = {attachments}
[session]
authorization_timeout = 600
""")
    write(f"{attachments}/{spec['database']['name']}/orari-di-servizio.txt", "".join(f"{office}: 8-13, 14-17.30\n" for office in spec["offices"]))
    run("chown", "-R", "tryton:tryton", attachments)
    if spec["units"][0] != "tryton-server.service":
        original = run("systemctl", "cat", "tryton-server.service")
        write(f"/etc/systemd/system/{spec['units'][0]}", original.replace("/etc/tryton/trytond.conf", f"{settings}/trytond.conf"))
        run("systemctl", "daemon-reload")


def wait_for(url, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url), timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError as error:
            if time.monotonic() > deadline:
                sys.exit(f"{url}: {error}")
            time.sleep(0.1)


def main():
    spec = json.load(sys.stdin)
    name, owner = spec["database"]["name"], spec["database"]["owner"]
    # The program that started an earlier one of us may have been killed, and that one still be at work.
    lock = open(f"/run/dr-product-{name}", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    run("systemctl", "enable", "--now", "postgresql.service")
    make_database(name, owner)
    changed = not is_filled(name, owner)
    if changed:
        configure(spec)
        with open(spec["empty"], encoding="utf-8") as file:
            sql(owner, name, file.read() + "\nRESET search_path;\n" + contents(spec))
        sql(owner, name, "ANALYZE")
    run("systemctl", "enable", "--now", spec["units"][0])
    wait_for(f"http://127.0.0.1:{spec['port']}/")
    print(json.dumps({"changed": changed}))


main()
