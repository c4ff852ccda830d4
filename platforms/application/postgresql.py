class Postgresql:
    """PostgreSQL as Debian sets it up: the newest cluster, over its socket, as the user postgres."""

    engine = "PostgreSQL"
    # pg_dump ends the rows of each table so; none of it is a row.
    END_OF_ROWS = b"\\.\n\n\n"
    OWN_SCHEMAS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"
    user = "postgres"
    # Lies there, with the id of that boot of the machine, while nothing of the cluster is flushed.
    unflushed = STATES / "postgresql-unflushed"
    own_settings = WORK / "postgresql.conf"

    def __init__(self, name, owner):
        self.name, self.owner, self.loading = name, owner, name + "_dr_restoring"
        clusters = [line.split() for line in self.clusters()]
        if not clusters:
            unreachable(self.engine, "pg_lsclusters: -")
        self.version, self.cluster, self.port, _, _, self.folder = max(clusters, key=lambda one: float(one[0]))[:6]
        self.unit = "postgresql@%s-%s" % (self.version, self.cluster)

    @staticmethod
    def clusters():
        try:
            return run("pg_lsclusters", "-h").splitlines()
        except (Failed, FileNotFoundError) as error:
            unreachable("PostgreSQL", last_line(error))

    def tool(self, name):
        return "/usr/lib/postgresql/%s/bin/%s" % (self.version, name)

    def program(self, name, *arguments, **options):
        return run(self.tool(name), "-p", self.port, *arguments, user=self.user, **options)

    def sql(self, text, database="postgres"):
        return self.program("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, stdin=text).strip()

    def rows(self, text, database):
        return json.loads(self.sql("SELECT coalesce(json_agg(r), '[]') FROM (%s) r" % text, database))

    def require(self):
        try:
            self.sql("SELECT 1")
        except Failed as error:
            unreachable(self.engine, last_line(error))

    def start(self):
        run("systemctl", "enable", "postgresql.service")
        if not is_active(self.unit):
            self.stop_own()
            run("systemctl", "start", self.unit)
        self.require()

    def stop(self):
        run("systemctl", "disable", "--now", "postgresql.service")
        run("systemctl", "stop", self.unit)

    def server_version(self):
        return self.sql("SHOW server_version_num")

    def older_than(self, version):
        return int(self.server_version()) // 10000 < int(version) // 10000

    def databases(self):
        return self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate").splitlines()

    def exists(self, name):
        return name in self.databases()

    def others(self):
        """Databases of somebody else in this cluster."""
        return [name for name in self.databases() if name not in ("postgres", self.name, self.loading)]

    def tables(self, name):
        """Every table with the columns that a dump holds, in their order."""
        return self.rows(
            """SELECT n.nspname || '.' || c.relname AS name, format('%%I.%%I', n.nspname, c.relname) AS quoted,
              (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind = 'r' AND %s ORDER BY pg_relation_size(c.oid) DESC, 1""" % self.OWN_SCHEMAS,
            name,
        )

    def dump(self, folder):
        own_folder(folder)
        own_folder(folder / "data", self.user, 0o700)
        self.program("pg_dump", "-Fd", "-Z0", "-j", PARALLEL, "-f", folder / "data", self.name)
        (folder / "roles.sql").write_text(self.roles())
        contents = self.program("pg_restore", "-l", folder / "data").splitlines()
        entries = [line.split(";", 1) for line in contents if re.match(r"\d+;", line)]
        found = {"TABLE DATA": [], "FK CONSTRAINT": [], "INDEX": [], "CONSTRAINT": []}
        for number, rest in entries:
            match = re.match(r" \d+ \d+ (TABLE DATA|FK CONSTRAINT|INDEX|CONSTRAINT) (\S+) (.+) \S+$", rest)
            if match:
                found[match[1]].append((number, match[2], match[3]))
        with ThreadPoolExecutor(PARALLEL) as pool:
            digests = list(pool.map(lambda entry: self.counted(folder / "data" / (entry[0] + ".dat")), found["TABLE DATA"]))
        facts = self.rows(
            # As JSON, since from 15 to 17 the column of the locale changed its name.
            "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype, facts ->> 'datlocprovider' AS provider,"
            " coalesce(facts ->> 'datlocale', facts ->> 'daticulocale') AS locale"
            " FROM pg_database, LATERAL to_jsonb(pg_database) facts WHERE datname = '%s'" % self.name,
            "postgres",
        )[0]
        return {
            **facts,
            "version": self.server_version(),
            "tables": {
                "%s.%s" % (schema, table): sums for (_, schema, table), sums in zip(found["TABLE DATA"], digests)
            },
            "foreignKeys": ["%s.%s" % (schema, ".".join(name.split(" "))) for _, schema, name in found["FK CONSTRAINT"]],
            "indexes": ["%s.%s" % (schema, name.split(" ")[-1]) for _, schema, name in found["INDEX"] + found["CONSTRAINT"]],
        }

    def counted(self, path):
        with open(path, "rb") as file:
            file.seek(-len(self.END_OF_ROWS), os.SEEK_END)
            if file.read() != self.END_OF_ROWS:
                raise Failed("%s: -" % path.name)
            file.seek(0)
            rows, total = digest(file)
        end_rows, end_total = digest(self.END_OF_ROWS.splitlines(keepends=True))
        return {"rows": rows - end_rows, "digest": total - end_total}

    def roles(self):
        """Who owns something in the database or was granted something, with their passwords as the engine keeps them."""
        names = set(self.sql(
            """SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid JOIN pg_database b ON b.datname = '%s'
              WHERE d.refclassid = 'pg_authid'::regclass AND (d.dbid = b.oid OR d.objid = b.oid)""" % self.name
        ).splitlines())
        names = (names | {self.owner}) - {"postgres"}
        lines = self.program("pg_dumpall", "--roles-only").splitlines()
        return "\n".join(line for line in lines if re.match(r"(CREATE|ALTER) ROLE (\S+?);?( |$)", line)
                         and re.match(r"\w+ ROLE (\S+?);?( |$)", line)[1].strip('"') in names) + "\n"

    @staticmethod
    def create_roles(text):
        """The statements that make them; one that is there already stays."""
        return re.sub(r"^CREATE ROLE .*$", r"DO $$BEGIN \g<0> EXCEPTION WHEN duplicate_object THEN NULL; END$$;", text, flags=re.M)

    @contextlib.contextmanager
    def at_work(self):
        """
        A server for the length of a restore. Where it is not serving somebody else it is one of our own, with settings for loading that
        end with it. In a cluster that is nobody else's it flushes nothing before the end; the mark says so to whoever comes after a crash.
        """
        may_be_torn = self.unflushed.exists() and self.unflushed.read_text() != boot_id()
        if is_active(self.unit):
            if others := self.others():
                if may_be_torn:
                    self.not_thrown_away(others)
                yield
                self.sql("CHECKPOINT")
                return
            run("systemctl", "stop", self.unit)
        self.stop_own()
        if may_be_torn:
            self.make_anew()
        self.start_own()
        try:
            if not self.others():
                write_whole(self.unflushed, boot_id())
                self.flush(False)
                self.sql("SELECT pg_reload_conf()")
            yield
        finally:
            self.stop_own()
            run("sync", "-f", self.folder, self.folder + "/pg_wal", *pathlib.Path(self.folder, "pg_tblspc").iterdir())
            self.unflushed.unlink(missing_ok=True)

    def start_own(self):
        settings = {
            "config_file": self.own_settings,
            "listen_addresses": "",
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "synchronous_commit": "off",
            "autovacuum": "off",
            "max_wal_size": "8GB",
            "checkpoint_timeout": "1h",
            "maintenance_work_mem": "%dMB" % min(512, MEMORY_MB // 16),
            "shared_buffers": "%dMB" % min(1024, MEMORY_MB // 8),
        }
        words = " ".join("-c %s='%s'" % pair for pair in settings.items())
        log = "/var/log/postgresql/dr-restore.log"
        self.flush(True)
        try:
            self.pg_ctl("-l", log, "-o", words, "start")
        except Failed as error:
            unreachable(self.engine, "%s (%s)" % (last_line(error), log))

    def flush(self, on):
        """A setting that a server takes while it runs, if a file says it. As long as it is on, a crash loses nothing of anybody else's."""
        own_folder(WORK)
        word = "on" if on else "off"
        write_whole(self.own_settings, "include '/etc/postgresql/%s/%s/postgresql.conf'\nfsync = %s\nfull_page_writes = %s\n" % (self.version, self.cluster, word, word))
        os.chmod(self.own_settings, 0o644)

    def make_anew(self):
        """The machine went down in a load that had flushed nothing: the cluster may be torn, and held nothing but that load then."""
        if others := self.others_in_torn():
            self.not_thrown_away(others)
        for path in pathlib.Path(self.folder).iterdir():
            take_away(path)
        run(self.tool("initdb"), "-D", self.folder, "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=scram-sha-256", user=self.user)

    def others_in_torn(self):
        """What somebody made there since; one that does not start or answer has let nobody work."""
        try:
            self.start_own()
            return self.others()
        except (Failed, Refused):
            return []
        finally:
            self.stop_own()

    def not_thrown_away(self, others):
        names = ", ".join(others)
        refuse(
            "DATABASE_TORN",
            "La macchina si è spenta durante un caricamento: il cluster PostgreSQL %s/%s può essere rovinato, e qualcuno vi ha poi fatto %s."
            " / The machine went down during a load: that cluster may be torn, and somebody has made databases in it since."
            % (self.version, self.cluster, names),
            "Salvare altrove ciò che serve (pg_dump), togliere quelle basi dati (dropdb) e ripetere: il cluster sarà rifatto."
            " / Save elsewhere what is needed (pg_dump), drop those databases (dropdb) and run again: the cluster will be made anew.",
        )

    def pg_ctl(self, *arguments):
        return run(self.tool("pg_ctl"), "-w", "-t", ENOUGH_SECONDS, "-D", self.folder, *arguments, user=self.user)

    def stop_own(self):
        """Also one that a killed restore has left behind; systemd knows nothing of it."""
        with contextlib.suppress(Failed):  # none runs
            self.pg_ctl("-m", "fast", "stop")

    def load(self, folder, manifest):
        # Few calls with much in each: one takes as long as a table of some thousand rows.
        self.sql(self.create_roles((folder / "roles.sql").read_text()) + 'DROP DATABASE IF EXISTS "%s" WITH (FORCE);' % self.loading)
        try:
            self.sql(
                "CREATE DATABASE \"%s\" OWNER \"%s\" TEMPLATE template0 ENCODING '%s' LC_COLLATE '%s' LC_CTYPE '%s' %s"
                % (self.loading, self.owner, manifest["encoding"], manifest["collate"], manifest["ctype"], self.sorted_by(manifest))
            )
        except Failed as error:
            if "locale" not in str(error):
                raise
            refuse(
                "LOCALE_MISSING",
                "Qui manca la lingua %s della base dati. / The database's locale is missing here." % manifest["collate"],
                "Aggiungerla con 'dpkg-reconfigure locales' e ripetere. / Add it with 'dpkg-reconfigure locales' and run again.",
            )
        try:
            self.program("pg_restore", "-j", PARALLEL, "--exit-on-error", "-d", self.loading, folder / "data")
        except Failed as error:
            if "invalid byte sequence" in str(error) or "has no equivalent in encoding" in str(error):
                wrong_encoding(last_line(error))
            damaged(last_line(error))

    @staticmethod
    def sorted_by(manifest):
        """Who sorts its texts where it is not the C library: ICU, or PostgreSQL itself (from 17 on)."""
        word = {"i": "icu", "b": "builtin"}.get(manifest.get("provider"))
        return "LOCALE_PROVIDER %s %s_LOCALE '%s'" % (word, word.upper(), manifest["locale"]) if word else ""

    def place(self, folder):
        """Only now the name under which the application looks for it."""
        there = self.databases()
        if self.loading not in there:
            return
        if self.name in there:
            self.sql('DROP DATABASE "%s" WITH (FORCE)' % self.name)
        self.sql('ALTER DATABASE "%s" RENAME TO "%s"' % (self.loading, self.name))

    def drop(self):
        for name in (self.loading, self.name):
            self.sql('DROP DATABASE IF EXISTS "%s" WITH (FORCE)' % name)
        with contextlib.suppress(Failed):  # it may own something elsewhere
            self.sql('DROP ROLE IF EXISTS "%s"' % self.owner)

    def measure(self):
        with ThreadPoolExecutor(PARALLEL) as pool:
            return {name: sums for share in pool.map(self.copied, shares(self.tables(self.name))) for name, sums in share.items()}

    def copied(self, tables):
        """One connection for all of them: to make one takes longer than to read a small table."""
        mark = os.urandom(16).hex()
        script = "".join(
            "COPY %s %s TO STDOUT;\n\\echo %s\n" % (table["quoted"], "(%s)" % table["columns"] if table["columns"] else "", mark) for table in tables
        )
        command = ["runuser", "-u", self.user, "--", self.tool("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1",
                   "-p", self.port, "-d", self.name]
        end_of_table = ("%s\n" % mark).encode()
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
            given.write(script.encode())
            given.seek(0)
            with subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=said, cwd="/") as reader:
                sums = [digest(itertools.takewhile(end_of_table.__ne__, reader.stdout)) for _ in tables]
            said.seek(0)
            if reader.returncode != 0:
                raise Failed(said.read().decode(errors="replace").strip())
        return {table["name"]: {"rows": rows, "digest": total} for table, (rows, total) in zip(tables, sums)}

    def foreign_keys(self):
        return self.rows(
            """SELECT n.nspname || '.' || c.relname || '.' || k.conname AS name, k.conrelid::regclass::text AS child, k.confrelid::regclass::text AS parent,
              (SELECT json_agg(quote_ident(a.attname) ORDER BY u.i) FROM unnest(k.conkey) WITH ORDINALITY u(n, i)
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n) AS columns,
              (SELECT json_agg(quote_ident(a.attname) ORDER BY u.i) FROM unnest(k.confkey) WITH ORDINALITY u(n, i)
                JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n) AS keys
              FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE k.contype = 'f' AND %s""" % self.OWN_SCHEMAS,
            self.name,
        )

    def orphans(self, queries):
        return [int(count) for count in self.sql(" UNION ALL ".join(queries), self.name).splitlines()]

    def indexes(self):
        found = self.rows(
            """SELECT n.nspname || '.' || c.relname AS name, x.indisvalid AS valid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace WHERE %s""" % self.OWN_SCHEMAS,
            self.name,
        )
        return {one["name"]: one["valid"] for one in found}

    def broken_structures(self):
        """Every index and table read by the engine's own checker (amcheck)."""
        had = self.sql("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'", self.name) == "1"
        try:
            self.program("pg_amcheck", "-d", self.name, "-j", PARALLEL, "--install-missing", "--rootdescend", "--heapallindexed")
            return []
        except Failed as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            return lines[:10]
        finally:
            if not had:
                self.sql("DROP EXTENSION IF EXISTS amcheck", self.name)

    def lose_row(self, table):
        """For the drill's deliberate damage: one row goes, and no trigger or foreign key says anything."""
        self.sql("SET session_replication_role = replica; DELETE FROM %s WHERE ctid = (SELECT ctid FROM %s LIMIT 1)" % (table, table), self.name)
