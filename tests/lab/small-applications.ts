/**
 * Three small applications for tests: a table or two with everything that a dump must keep, and a program that serves them. Their
 * program and its unit are among their folders, so that the inventory alone brings them back.
 */
import { join } from 'node:path';
import type { RemoteHost } from '../../platforms/ssh.ts';
import { editYaml } from './inventory-folder.ts';

/** The third is one that nobody has written a line of code for: an entry of the inventory. */
export const applicationIds = ['presenze', 'certificati', 'protocollo'] as const;

const engines = { presenze: 'postgresql', certificati: 'mariadb', protocollo: 'postgresql' } as const;
const portOf = (index: number): number => 8100 + index;
const request = { method: 'GET', path: '/', expect: { status: 200 } };

/** In the place of the inventory's own applications. */
export function useSmallApplications(folder: string): void {
  editYaml(join(folder, 'applications.yaml'), (document) => {
    document.set(
      'applications',
      document.createNode(
        applicationIds.map((id, index) => ({
          id,
          nameIt: `Prova ${id}`,
          nameEn: `Test ${id}`,
          serviceClass: index === 1 ? 'certificati-di-origine' : 'presenze-del-personale',
          product: { name: id, standIn: true, reasonIt: 'prova', reasonEn: 'test' },
          servers: { lucca: 'lu-app1', viareggio: 'vi-app1' },
          packages: [engines[id] === 'mariadb' ? 'mariadb-server' : 'postgresql'],
          database: { engine: engines[id], name: `${id}_db`, owner: `${id}_owner` },
          folders: [`/opt/${id}`, `/var/lib/${id}`, `/etc/systemd/system/${id}.service`],
          units: [`${id}.service`],
          port: portOf(index),
          needs: id === 'protocollo' ? ['domain', 'file-server'] : [],
          account: 'prova',
          health: { path: '/', status: 200 },
          dialogue: { logOn: [request], read: [request], write: [request] },
          rpoHours: 24,
          rtoHours: 56,
          source: { document: 'studio', clause: '5.1.1.5' },
        })),
      ),
    );
  });
}

/** Installs and starts them on `host`, with their engines. */
export async function installSmallApplications(host: RemoteHost): Promise<void> {
  await host.bash(`cd /
systemctl start postgresql@15-main mariadb
${applicationIds.map((id, index) => `id=${id} port=${portOf(index)}${INSTALL}`).join('\n')}
${DATA}`);
}

/** Where the pairs of {@link writePairs} lie; each is a row of `office` with the file's name too. */
export const PAIRS_FOLDER = '/var/lib/protocollo/allegati';

/** Rows and files of `protocollo` are written in pairs, from now on until its second dump of one backup has begun. */
export async function writePairs(host: RemoteHost): Promise<void> {
  await host.bash(`cat > /root/pairs.sh <<'END'
cd /; work=/var/lib/dr-applications/protocollo; number=0; seen=
until [ "$seen" = gone ]; do
  number=$((number + 1))
  runuser -u postgres -- psql -qc "INSERT INTO office (name) VALUES ('coppia-$number')" protocollo_db
  echo > ${PAIRS_FOLDER}/coppia-$number
  # The folder of the first dump is thrown away before the second one begins, and this mark with it.
  if [ -z "$seen" ] && [ -d $work/data ]; then touch $work/seen; seen=yes
  elif [ -n "$seen" ] && [ ! -e $work/seen ]; then seen=gone
  fi
done
END
systemd-run --quiet --unit=pairs bash /root/pairs.sh`);
}

/**
 * What an application's own account does in a session of its own, logged on with its password of before: sequences and automatic columns
 * go on, triggers, generated columns, routines, events and views work, and a foreign key still says no.
 */
export const ownersSession = {
  presenze: {
    program: 'PGPASSWORD=prova psql -XqAt -v ON_ERROR_STOP=1 -h 127.0.0.1 -U presenze_owner presenze_db',
    works: `INSERT INTO office (name) VALUES ('nuovo') RETURNING id;
      INSERT INTO line (office, at) VALUES (51, now()) RETURNING id, twice;
      SELECT count(*) FROM pg_trigger WHERE tgname = 'same'; SELECT count(*) FROM latest;
      SELECT datlocprovider FROM pg_database WHERE datname = current_database();`,
    answer: '51\n20001|102\n1\n1\ni',
    wrong: 'INSERT INTO line (office, at) VALUES (999, now());',
    refusal: 'line_office_fkey',
  },
  certificati: {
    program: 'mariadb --batch --skip-column-names -u certificati_owner -pprova certificati_db',
    works: `INSERT INTO company (name) VALUES ('nuova'); SELECT max(id) FROM company;
      INSERT INTO certificate (company) VALUES (1001); SELECT * FROM journal WHERE n > 10000; SELECT count(*) FROM latest;
      CALL companies(); SELECT event_name FROM information_schema.events; SELECT word FROM latin ORDER BY 1;`,
    // 16384: inserting 10000 rows at once had kept numbers in reserve.
    answer: '1001\n16384\n1\n52\nsweep\ncittà\nperché',
    wrong: 'INSERT INTO certificate (company) VALUES (9999);',
    refusal: 'of_company',
  },
} as const;

const INSTALL = `
  mkdir -p /opt/$id /var/lib/$id/allegati
  echo "$id" > /var/lib/$id/allegati/nota.txt
  chown -R www-data /var/lib/$id
  chmod 0640 /var/lib/$id/allegati/nota.txt
  setfacl -m u:backup:r /var/lib/$id/allegati/nota.txt
  ln -sfn allegati/nota.txt /var/lib/$id/ultima
  printf '[Service]\\nExecStart=/usr/bin/python3 -m http.server --directory /opt/%s %s\\n[Install]\\nWantedBy=multi-user.target\\n' $id $port > /etc/systemd/system/$id.service
  echo "$id" > /opt/$id/index.html
  systemctl daemon-reload
  systemctl start $id`;

const DATA = `
for id in presenze protocollo; do
runuser -u postgres -- psql -qv ON_ERROR_STOP=1 -c "CREATE ROLE \${id}_owner LOGIN PASSWORD 'prova'" -c "CREATE DATABASE \${id}_db OWNER \${id}_owner ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'it-IT'"
runuser -u postgres -- psql -qv ON_ERROR_STOP=1 -v owner=\${id}_owner -d \${id}_db <<'SQL'
SET ROLE :owner;
CREATE TABLE office (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE line (id serial PRIMARY KEY, office int NOT NULL REFERENCES office(id), at timestamptz NOT NULL, note text, twice int GENERATED ALWAYS AS (office * 2) STORED, CHECK (office > 0));
CREATE INDEX line_at ON line (at);
CREATE TABLE nothing ();
INSERT INTO office (name) SELECT 'Ufficio ' || g || E' à\\t\\n\\\\.' FROM generate_series(1, 50) g;
INSERT INTO line (office, at, note) SELECT 1 + g % 50, '2026-11-01'::timestamptz + g * interval '1 min', repeat('x', g % 70) FROM generate_series(1, 20000) g;
CREATE VIEW latest AS SELECT max(at) FROM line;
CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER same BEFORE INSERT ON line FOR EACH ROW EXECUTE FUNCTION same();
SQL
done
mariadb <<'SQL'
CREATE DATABASE certificati_db CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER certificati_owner@localhost IDENTIFIED BY 'prova';
GRANT ALL ON certificati_db.* TO certificati_owner@localhost;
USE certificati_db;
CREATE TABLE company (id int PRIMARY KEY AUTO_INCREMENT, name varchar(100) NOT NULL UNIQUE);
CREATE TABLE certificate (id int PRIMARY KEY AUTO_INCREMENT, company int NOT NULL, goods text, seal blob, at timestamp NOT NULL DEFAULT '2026-11-01 12:00:00', KEY at (at), CONSTRAINT of_company FOREIGN KEY (company) REFERENCES company(id));
CREATE TABLE journal (n int);
CREATE TABLE latin (word varchar(20)) CHARACTER SET latin1;
INSERT INTO latin VALUES ('perché'), ('città');
INSERT INTO company (name) SELECT concat('Ditta ', seq, ' à\\t\\n\\\\') FROM seq_1_to_50;
INSERT INTO company (id, name) VALUES (1000, 'x\\\\');
INSERT INTO certificate (company, goods, seal) SELECT 1 + seq % 50, repeat('olio ', seq % 20), unhex(sha1(seq)) FROM seq_1_to_10000;
CREATE VIEW latest AS SELECT max(at) FROM certificate;
CREATE TRIGGER noted AFTER INSERT ON certificate FOR EACH ROW INSERT INTO journal VALUES (NEW.id);
CREATE EVENT sweep ON SCHEDULE EVERY 1 DAY DO DELETE FROM journal;
DELIMITER //
CREATE PROCEDURE companies() BEGIN SELECT count(*) FROM company; END//
SQL`;
