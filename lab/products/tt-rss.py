"""Makes Tiny Tiny RSS into Lucca's certificates of origin; it stands in for the product that the plan does not name.

It runs on the application server (python3, a JSON object on standard input):
database {name, owner}, folders, units, port, account, password, offices [name], bytes.
A certificate is an article, a kind of certificate a feed. The account is written last, so a database that has it is whole; else it is
made anew. The database's own password is made here and stays in the product's settings, as its package would do it.
"""
import fcntl
import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request

SCHEMA = "/usr/share/tt-rss/schema/ttrss_schema_mysql.sql"
ROW_BYTES = 1_300  # of a certificate, its copy for the account and their indexes
LEAST_ROWS = 600
KINDS = ["Certificati di origine", "Visti su fatture", "Attestati di libera vendita", "Carnet ATA", "Legalizzazioni di firma"]
CHARACTERS = "DEFAULT CHARACTER SET utf8mb3"


def run(*command, stdin=""):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr.strip()[-600:]}")
    return done.stdout.strip()


def sql(text, database=""):
    return run("mariadb", "--batch", "--skip-column-names", "--default-character-set=utf8mb3", *([database] if database else []), stdin=text)


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def is_filled(database, account):
    tables = sql(f"SELECT count(*) FROM information_schema.tables WHERE table_schema = {quoted(database)} AND table_name = 'ttrss_users'")
    return tables == "1" and sql(f"SELECT count(*) FROM ttrss_users WHERE login = {quoted(account)}", database) == "1"


def fill(spec, password):
    name, owner = spec["database"]["name"], spec["database"]["owner"]
    with open(SCHEMA, encoding="utf-8") as file:
        schema = re.sub(r"^drop table .*$", "", file.read(), flags=re.MULTILINE)
    salt = secrets.token_hex(32)
    digest = hashlib.sha256((salt + spec["password"]).encode()).hexdigest()
    feeds = ",".join(f"(1, {quoted(kind)}, {quoted(f'http://localhost/{number}')})" for number, kind in enumerate(KINDS, 1))
    rows = max(LEAST_ROWS, spec["bytes"] // ROW_BYTES)
    sql(f"""
DROP DATABASE IF EXISTS {name};
CREATE DATABASE {name} {CHARACTERS};
CREATE OR REPLACE USER {owner}@localhost IDENTIFIED BY {quoted(password)};
GRANT ALL ON {name}.* TO {owner}@localhost;
USE {name};
{schema}
INSERT INTO ttrss_user_prefs (owner_uid, pref_name, value)
  SELECT 1, pref_name, if(pref_name = 'ENABLE_API_ACCESS', 'true', def_value) FROM ttrss_prefs;
INSERT INTO ttrss_feeds (owner_uid, title, feed_url) VALUES {feeds};
INSERT INTO ttrss_entries (title, guid, link, updated, content, content_hash, date_entered, date_updated)
  SELECT concat('Certificato n. ', seq), concat('LU/', seq), concat('http://localhost/certificati/', seq),
    now() - INTERVAL seq MINUTE, concat('Esportatore: impresa n. ', seq % 4000, '. Merce, paese di destinazione e documenti: ', repeat(sha2(seq, 512), 4)),
    sha1(seq), now() - INTERVAL seq MINUTE, now() - INTERVAL seq MINUTE FROM seq_1_to_{rows};
UPDATE ttrss_users SET login = {quoted(spec["account"])}, pwd_hash = 'MODE2:{digest}', salt = '{salt}', access_level = 0, full_name = 'Prova di ripristino';
INSERT INTO ttrss_user_entries (ref_id, uuid, feed_id, owner_uid, tag_cache, label_cache)
  SELECT id, '', 1 + id % {len(KINDS)}, 1, '', '' FROM ttrss_entries;
""")


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", opener=lambda file, flags: os.open(file, flags, mode)) as file:
        file.write(text)


def configure(spec, password):
    """Settings, icons and the web server's site, as the entry's folders have them."""
    settings, icons, site = spec["folders"][:3]
    name, owner = spec["database"]["name"], spec["database"]["owner"]
    with open(f"{settings}/config.php", encoding="utf-8") as file:
        text = file.read()
    # Whatever name the server is called by: it has another address at Viareggio.
    text = text.replace("'%SELF_URL_PATH'", "'http://' . ($_SERVER['HTTP_HOST'] ?? 'localhost') . '/tt-rss/'")
    write(f"{settings}/config.php", text.replace("'LOG_DESTINATION', 'syslog'", "'LOG_DESTINATION', ''"))
    write(f"{settings}/database.php", f"<?php $dbtype='mysql'; $dbserver='localhost'; $dbport='3306'; $dbuser='{owner}'; $dbname='{name}'; $dbpass='{password}';\n", 0o640)
    run("chown", "root:www-data", f"{settings}/database.php")
    for number, kind in enumerate(KINDS, 1):
        write(f"{icons}/feed-icons/{number}.ico", kind)
    run("chown", "-R", "www-data:www-data", icons)
    write(site, f"""server {{
  listen {spec["port"]};
  root /usr/share/nginx/html;
  location /tt-rss/ {{
    alias /usr/share/tt-rss/www/;
    index index.php;
    location ~ ^/tt-rss/(.+\\.php)$ {{
      alias /usr/share/tt-rss/www/$1;
      include fastcgi.conf;
      fastcgi_param SCRIPT_FILENAME /usr/share/tt-rss/www/$1;
      fastcgi_param PHP_ADMIN_VALUE "log_errors=0"; # it was written for an older PHP, whose warnings would fill the answer's head
      fastcgi_pass unix:/run/php/php8.2-fpm.sock;
    }}
  }}
}}
""")


def wait_for(url, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                sys.exit(f"{url}: {error}")
            time.sleep(0.1)


def main():
    spec = json.load(sys.stdin)
    # The program that started an earlier one of us may have been killed, and that one still be at work.
    lock = open(f"/run/dr-product-{spec['database']['name']}", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    run("systemctl", "enable", "--now", "mariadb.service")
    changed = not is_filled(spec["database"]["name"], spec["account"])
    if changed:
        password = secrets.token_urlsafe(18)
        configure(spec, password)
        fill(spec, password)
    run("systemctl", "enable", "--now", *spec["units"])
    wait_for(f"http://127.0.0.1:{spec['port']}/tt-rss/")
    print(json.dumps({"changed": changed}))


main()
