class Mariadb:
    """MariaDB as Debian sets it up: over its socket, as root."""

    engine = "MariaDB"
    unit = "mariadb"
    own_unit = "dr-mariadb"
    user = "mysql"
    # Characters as they are stored, instants in UTC, a zero in an automatic column as itself: a dump means the same on every server.
    # Unique checks stay on: without them the engine sorts what it loads into an empty table, which took two to three times as long.
    SESSION = "SET SESSION time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, sql_log_bin = 0;"

    def __init__(self, name, owner):
        self.name, self.owner, self.loading = name, owner, name + "_dr_restoring"

    def sql(self, text, database="mysql"):
        return run("mariadb", "--batch", "--raw", "--skip-column-names", "--default-character-set=utf8mb4", database, stdin=text).rstrip("\n")

    def lines(self, text, database="mysql"):
        return [line.split("\t") for line in self.sql(text, database).splitlines()]

    def require(self):
        try:
            self.sql("SELECT 1")
        except (Failed, FileNotFoundError) as error:
            unreachable(self.engine, last_line(error))

    def start(self):
        if not is_active(self.unit):
            self.stop_own()
        run("systemctl", "enable", "--now", self.unit)
        self.require()

    def stop(self):
        run("systemctl", "disable", "--now", self.unit)

    def server_version(self):
        return self.sql("SELECT version()")

    def older_than(self, version):
        numbers = [[int(part) for part in re.findall(r"\d+", text)[:2]] for text in (self.server_version(), version)]
        return numbers[0] < numbers[1]

    def exists(self, name):
        return self.sql("SELECT count(*) FROM information_schema.schemata WHERE schema_name = '%s'" % name) == "1"

    def others(self):
        own = ("mysql", "information_schema", "performance_schema", "sys", self.name, self.loading)
        return [name for (name,) in self.lines("SHOW DATABASES") if name not in own]

    def of_kind(self, name, kind):
        return [one for (one,) in self.lines(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = '%s' AND table_type = '%s'"
            " ORDER BY data_length DESC" % (name, kind))]

    def tables(self, name):
        return [{"name": table, "quoted": "`%s`" % table} for table in self.of_kind(name, "BASE TABLE")]

    def dump(self, folder):
        own_folder(folder)
        own_folder(folder / "data", self.user, 0o700)
        tables = [table["name"] for table in self.tables(self.name)]
        # --tab has the server itself write one file a table; binary: each column in the characters that it is stored in.
        run("mariadb-dump", "--single-transaction", "--tab", folder / "data", "--skip-triggers", "--default-character-set=binary",
            self.name, *tables)
        (folder / "roles.sql").write_text(self.roles())
        (folder / "after.sql").write_text(self.programs())
        with ThreadPoolExecutor(PARALLEL) as pool:
            digests = list(pool.map(lambda table: self.counted(folder / "data" / (table + ".txt")), tables))
        encoding, collate = self.lines(
            "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = '%s'" % self.name)[0]
        return {
            "version": self.server_version(),
            "encoding": encoding,
            "collate": collate,
            "tables": dict(zip(tables, digests)),
            "foreignKeys": [key["name"] for key in self.foreign_keys()],
            "indexes": list(self.indexes()),
        }

    @staticmethod
    def counted(path):
        """A row is a line; a line break inside a value has a backslash before it, and is none."""
        with open(path, "rb") as file:
            lines, total = digest(file)
            inside = 0
            if lines:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
                    inside = sum(len(end[1]) % 2 for end in re.finditer(rb"(\\+)\n", text))
        return {"rows": lines - inside, "digest": total}

    def roles(self):
        """Who may do something in the database, with their passwords as the engine keeps them."""
        users = self.lines("SELECT user, host FROM mysql.db WHERE db = '%s' OR db = '%s'" % (self.name, self.name.replace("_", "\\\\_")))
        text = []
        for user, host in users:
            account = "'%s'@'%s'" % (user, host)
            text += [self.sql("SHOW CREATE USER %s" % account).replace("CREATE USER", "CREATE USER IF NOT EXISTS", 1)]
            text += [grant for (grant, *_) in self.lines("SHOW GRANTS FOR %s" % account)
                     if "ON `%s`" % self.name in grant.replace("\\", "")]
        return "".join(line + ";\n" for line in text)

    def programs(self):
        """Routines, events and triggers, then views: they name tables, so they come last."""
        common = ("--no-data", "--default-character-set=utf8mb4")
        text = run("mariadb-dump", *common, "--no-create-info", "--routines", "--events", "--triggers", "--add-drop-trigger", self.name)
        views = self.of_kind(self.name, "VIEW")
        return text + (run("mariadb-dump", *common, "--skip-triggers", self.name, *views) if views else "")

    @contextlib.contextmanager
    def at_work(self):
        """
        A server for the length of a restore. Where it is not serving somebody else it is one of our own, with settings for loading that end
        with it; its shutdown flushes everything. A crash meanwhile loses the last seconds of what begins anew anyhow.
        """
        if is_active(self.unit):
            self.require()
            if self.others():
                yield
                self.sql("FLUSH ENGINE LOGS")
                return
            run("systemctl", "stop", self.unit)
        self.stop_own()
        self.start_own()
        try:
            yield
        finally:
            self.stop_own()

    def start_own(self):
        """What is loaded has room in its memory and its log: with Debian's 128 MB of the one and 96 MB of the other it took twice as long."""
        free_mb = shutil.disk_usage("/var/lib/mysql").free // 2**20
        settings = {
            "innodb-buffer-pool-size": "%dM" % min(4096, MEMORY_MB // 4),
            "innodb-log-file-size": "%dM" % max(96, min(2048, MEMORY_MB // 8, free_mb // 8)),
            "innodb-log-buffer-size": "64M",
            "innodb-flush-log-at-trx-commit": 0,
        }
        properties = {"User": self.user, "UMask": "007", "LimitNOFILE": 32768, "TimeoutStartSec": "infinity", "TimeoutStopSec": "infinity"}
        run("install", "-d", "-o", self.user, "/run/mysqld")
        try:
            run("systemd-run", "--quiet", "--collect", "--unit=" + self.own_unit, "--service-type=notify", *("--property=%s=%s" % pair for pair in properties.items()),
                "/usr/sbin/mariadbd", "--skip-networking", *("--%s=%s" % pair for pair in settings.items()))
        except Failed as error:
            unreachable(self.engine, "%s (journalctl -u %s)" % (last_line(error), self.own_unit))

    def stop_own(self):
        """Also one that a killed restore has left behind."""
        if is_active(self.own_unit):
            run("systemctl", "stop", self.own_unit)

    def load(self, folder, manifest):
        self.sql("DROP DATABASE IF EXISTS `%s`; CREATE DATABASE `%s` CHARACTER SET %s COLLATE %s"
                 % (self.loading, self.loading, manifest["encoding"], manifest["collate"]))
        tables = sorted(manifest["tables"], key=lambda table: -(folder / "data" / (table + ".txt")).stat().st_size)
        try:
            structure = "".join((folder / "data" / (table + ".sql")).read_text(errors="surrogateescape") for table in tables)
            self.sql(self.SESSION + structure, self.loading)
            with ThreadPoolExecutor(PARALLEL) as pool:
                list(pool.map(lambda some: self.load_tables(folder, some), shares(tables)))
        except Failed as error:
            if re.search("invalid utf8|Incorrect string value|Invalid .* character", str(error), re.I):
                wrong_encoding(last_line(error))
            damaged(last_line(error))

    def load_tables(self, folder, tables):
        """One connection for all of them. A value that was cut or turned into another is no restore: a warning is an error."""
        said = self.sql(self.SESSION + "".join(
            "SELECT '@%s'; LOAD DATA INFILE '%s' INTO TABLE `%s` CHARACTER SET binary; SHOW WARNINGS LIMIT 1;"
            % (table, folder / "data" / (table + ".txt"), table) for table in tables), self.loading)
        table = ""
        for line in said.splitlines():
            if not line.startswith("@"):
                raise Failed("%s: %s" % (table, line))
            table = line[1:]

    def place(self, folder):
        """All tables in one statement, which the engine carries out whole or not at all; then what hangs on them."""
        if not self.exists(self.name):
            encoding, collate = self.lines(
                "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = '%s'" % self.loading)[0]
            self.sql("CREATE DATABASE `%s` CHARACTER SET %s COLLATE %s" % (self.name, encoding, collate))
        left = self.of_kind(self.loading, "BASE TABLE") if self.exists(self.loading) else []
        if left:
            self.sql("RENAME TABLE " + ", ".join("`%s`.`%s` TO `%s`.`%s`" % (self.loading, one, self.name, one) for one in left))
        self.sql((folder / "roles.sql").read_text())
        self.sql((folder / "after.sql").read_text(), self.name)
        self.sql("DROP DATABASE IF EXISTS `%s`" % self.loading)

    def drop(self):
        self.sql("DROP DATABASE IF EXISTS `%s`; DROP DATABASE IF EXISTS `%s`" % (self.loading, self.name))
        for user, host in self.lines("SELECT user, host FROM mysql.user WHERE user = '%s'" % self.owner):
            self.sql("DROP USER '%s'@'%s'" % (user, host))

    def measure(self):
        """Written by the server in the very form of a dump, and taken away at once."""
        folder = WORK / ("measure-" + self.name)
        shutil.rmtree(folder, ignore_errors=True)
        own_folder(WORK)
        own_folder(folder, self.user, 0o700)
        try:
            names = [table["name"] for table in self.tables(self.name)]
            with ThreadPoolExecutor(PARALLEL) as pool:
                return {name: sums for share in pool.map(lambda names: self.written(folder, names), shares(names)) for name, sums in share.items()}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def written(self, folder, names):
        found = {}
        # Not all at once: the disk has room for a large table, not for a second database.
        for some in (names[:2], names[2:4], names[4:]):
            paths = {name: folder / (name + ".txt") for name in some}
            self.sql(self.SESSION + "".join(
                "SELECT * INTO OUTFILE '%s' CHARACTER SET binary FROM `%s`;" % (path, name) for name, path in paths.items()), self.name)
            for name, path in paths.items():
                found[name] = self.counted(path)
                path.unlink()
        return found

    def foreign_keys(self):
        found = {}
        for name, table, column, parent, key in self.lines(
            """SELECT constraint_name, table_name, column_name, referenced_table_name, referenced_column_name
              FROM information_schema.key_column_usage WHERE table_schema = '%s' AND referenced_table_name IS NOT NULL
              ORDER BY table_name, constraint_name, ordinal_position""" % self.name):
            one = found.setdefault((table, name), {"name": "%s.%s" % (table, name), "child": "`%s`" % table, "parent": "`%s`" % parent, "columns": [], "keys": []})
            one["columns"].append("`%s`" % column)
            one["keys"].append("`%s`" % key)
        return list(found.values())

    def orphans(self, queries):
        return [int(count) for count in self.sql(" UNION ALL ".join(queries), self.name).splitlines()]

    def indexes(self):
        return {"%s.%s" % (table, index): True for table, index in self.lines(
            "SELECT DISTINCT table_name, index_name FROM information_schema.statistics WHERE table_schema = '%s'" % self.name)}

    def broken_structures(self):
        tables = [table["quoted"] for table in self.tables(self.name)]
        answer = self.lines("CHECK TABLE %s EXTENDED" % ", ".join(tables), self.name)
        return [" ".join(line) for line in answer if not (line[2] == "status" and line[3] == "OK")][:10]

    def lose_row(self, table):
        self.sql("SET SESSION foreign_key_checks = 0; DELETE FROM %s LIMIT 1" % table, self.name)
