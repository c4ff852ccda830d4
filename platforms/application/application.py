ENGINES = {"postgresql": Postgresql, "mariadb": Mariadb}
ATTEMPTS = 3
# A file's time of change is that of the clock's last tick.
CLOCK_TICK_SECONDS = 0.05


class Application:
    """One application of this host. Phases of a restore: loading (nothing of it counts), placing (complete, goes into its place), whole."""

    def __init__(self, given):
        self.id, self.folders, self.units = given["id"], given["folders"], given["units"]
        self.database = ENGINES[given["database"]["engine"]](given["database"]["name"], given["database"]["owner"])
        self.work = WORK / self.id
        self.state_file = STATES / (self.id + ".json")
        self.visited_file = STATES / (self.id + ".visited.json")
        self.visiting_file = STATES / (self.id + ".visiting")

    def state(self):
        return json.loads(self.state_file.read_text()) if self.state_file.exists() else {"phase": "none", "snapshot": ""}

    def enter(self, phase, snapshot):
        write_whole(self.state_file, json.dumps({"phase": phase, "snapshot": snapshot}))

    # Backup.

    def dump(self, _given):
        require_folders(self.folders)
        self.database.require()
        if not self.database.exists(self.database.name) or not self.database.tables(self.database.name):
            self.nothing_to_dump()
        manifest = self.consistent()
        rows = sum(table["rows"] for table in manifest["tables"].values())
        if rows == 0:
            self.nothing_to_dump()
        manifest["dump"] = {str(path.relative_to(self.work)): path.stat().st_size for path in sorted(self.work.rglob("*")) if path.is_file()}
        (self.work / "manifest.json").write_text(json.dumps(manifest))
        sizes = manifest["dump"].values()
        return {"rows": rows, "files": len(manifest["files"]), "bytes": sum(sizes)}

    def nothing_to_dump(self):
        """Also where every table is there and none holds a row: no application that was ever used looks so."""
        refuse(
            "APPLICATION_EMPTY",
            "%s: la base dati %s manca o è vuota: non c'è nulla da copiare. / The database is missing or empty: there is nothing to back up." % (self.id, self.database.name),
            "Controllare nome e motore in inventory/applications.yaml, e l'applicazione su questa macchina. / Check its name and engine there, and the application on this host.",
        )

    def consistent(self):
        """Database and files of one instant: what changed among the files since the dump began makes both be taken again."""
        changed = []
        for _ in range(ATTEMPTS):
            own_folder(WORK)
            shutil.rmtree(self.work, ignore_errors=True)
            began = time.time() - CLOCK_TICK_SECONDS
            try:
                manifest = self.database.dump(self.work)
            except Failed as error:
                refuse(
                    "DUMP_FAILED",
                    "%s: la base dati non si copia: %s / The database cannot be dumped." % (self.id, last_line(error)),
                    "Leggere il registro del motore su questa macchina, poi ripetere. / Read the engine's log on this host, then run again.",
                )
            steady = pack(self.folders, self.work / "files.tar")
            files = describe(self.folders)
            changed = changed_since(self.folders, began) or ([] if steady else self.folders)
            if not changed:
                return {**manifest, "files": files}
            progress("%s: file cambiati durante la copia, si ripete / files changed meanwhile, again: %s" % (self.id, changed[0]))
        refuse(
            "APPLICATION_BUSY",
            "%s: durante ogni copia cambiano file (%s): base dati e file non sarebbero dello stesso istante. / Files change during each copy: database and files would not be of one instant." % (self.id, ", ".join(changed[:3])),
            "Copiare quando l'applicazione è ferma, o togliere da 'folders' ciò che non sono dati (registri, cache). / Back up when it is quiet, or take out of 'folders' what is no data (logs, caches).",
        )

    # Restore.

    def probe(self, given):
        return {"whole": self.state() == {"phase": "whole", "snapshot": given["snapshot"]}}

    def restore(self, given):
        """From what lies in the work folder; cut off at any instant it begins anew, or goes on where everything was loaded."""
        snapshot = given["snapshot"]
        state = self.state()
        if state == {"phase": "whole", "snapshot": snapshot}:
            shutil.rmtree(self.work, ignore_errors=True)
            return {"changed": False}
        manifest = self.received()
        self.halt()
        with self.database.at_work():
            # What was loaded is gone where the machine went down before it was flushed.
            if state != {"phase": "placing", "snapshot": snapshot} or not self.has_arrived():
                self.require_place(state, manifest)
                self.forget_visits()
                self.enter("loading", snapshot)
                self.database.load(self.work, manifest)
                self.enter("placing", snapshot)
            unpack(self.work / "files.tar", self.work / "tree")
            place_folders(self.folders, self.work / "tree")
            self.database.place(self.work)
        for folder in [*self.folders, self.work]:
            run("sync", "-f", folder)
        self.enter("whole", snapshot)
        shutil.rmtree(self.work)
        return {"changed": True}

    def has_arrived(self):
        return self.database.exists(self.database.loading) or self.database.exists(self.database.name)

    def received(self):
        """The dump must be all there before anything is touched."""
        path = self.work / "manifest.json"
        if not path.exists():
            damaged("manifest.json")
        manifest = json.loads(path.read_text())
        for name, size in manifest["dump"].items():
            found = self.work / name
            there = found.stat().st_size if found.exists() else None
            if there != size:
                refuse(
                    "DUMP_TRUNCATED",
                    "%s: la copia non è intera: %s ha %s byte su %s. / The dump is not whole: that file has so many of its bytes." % (self.id, name, "-" if there is None else there, size),
                    "Ripetere; se è sempre così, usare lo snapshot precedente. / Run again; if it stays so, use the previous snapshot.",
                )
        for path in [self.work / "data", *(self.work / "data").rglob("*")]:
            shutil.chown(path, self.database.user, self.database.user)
        return manifest

    def require_place(self, state, manifest):
        database = self.database
        if database.older_than(manifest["version"]):
            refuse(
                "ENGINE_TOO_OLD",
                "%s: la copia è di %s %s, qui c'è il più vecchio %s. / The dump is of a newer engine than the one here." % (self.id, database.engine, manifest["version"], database.server_version()),
                "Installare su questa macchina quella versione o una più nuova, poi ripetere. / Install that version or a newer one on this host, then run again.",
            )
        if state["phase"] == "loading" or not database.exists(database.name) or not database.tables(database.name):
            return
        refuse(
            "DATABASE_NOT_EMPTY",
            "%s: la base dati %s contiene già tabelle che non vengono da questa copia: nulla è stato toccato. / The database already holds tables that are not from this backup: nothing was touched." % (self.id, database.name),
            "Se è ciò che resta di un altro ripristino, 'dr stack destroy viareggio' lo toglie. / If it is what is left of another restore, 'dr stack destroy viareggio' takes it away.",
        )

    # Service.

    def start(self, given):
        state = self.state()
        if state["phase"] != "whole" or not (given["snapshot"] == "latest" or state["snapshot"].startswith(given["snapshot"])):
            refuse(
                "APPLICATION_NOT_RESTORED",
                "%s: qui non è ripristinata da quello snapshot: non si avvia. / It is not restored from that snapshot here: it is not started." % self.id,
                "Eseguire prima 'restore-application'. / Run 'restore-application' first.",
            )
        self.database.start()
        run("systemctl", "daemon-reload")  # its units may be among its files
        asleep = [unit for unit in self.units if not is_active(unit)]
        run("systemctl", "enable", *self.units)
        if asleep:
            run("systemctl", "start", *asleep)
        return {"changed": bool(asleep)}

    def halt(self):
        for unit in self.units:
            if is_active(unit) or subprocess.run(["systemctl", "is-enabled", "--quiet", unit], capture_output=True).returncode == 0:
                run("systemctl", "disable", "--now", unit)

    def undo(self, _given):
        """The host is spare hardware again. A database that no restore of ours has put there stays."""
        if self.state()["phase"] == "none":
            return {"changed": False}
        self.halt()
        for unit in self.units:
            with contextlib.suppress(Failed):
                run("systemctl", "unmask", unit)  # see stop-serving.sh
        with self.database.at_work():
            self.database.drop()
            alone = not self.database.others()
        remove_folders(self.folders)
        run("systemctl", "daemon-reload")
        shutil.rmtree(self.work, ignore_errors=True)
        self.state_file.unlink()
        self.forget_visits()
        if alone:
            self.database.stop()
        return {"changed": True}

    def look(self, _given):
        """Was it restored here, and does it work? Starts and stops nothing."""
        serves = all(is_active(unit) for unit in self.units)
        return {"phase": self.state()["phase"], "serves": serves}

    # Verification.

    def reach(self, _given):
        self.database.require()
        if not self.database.exists(self.database.name):
            unreachable(self.database.engine, self.database.name)
        return {}

    def rows(self, given):
        expected = {**given["manifest"]["tables"], **self.visited()}
        self.database.require()
        found = self.database.measure() if self.database.exists(self.database.name) else {}
        if not any(table["rows"] for table in found.values()):
            return {"wrong": ["La base dati %s manca o è vuota. / The database is missing or empty." % self.database.name], "good": ""}
        cut_off, wrong, touched = self.visiting_file.exists(), [], []
        for table, before in sorted(expected.items()):
            now = found.get(table)
            if now is None:
                wrong.append("%s: la tabella manca / the table is missing" % table)
            elif cut_off and now != before and now["rows"] >= before["rows"]:
                touched.append(table)
            elif now["rows"] != before["rows"]:
                wrong.append("%s: righe / rows %d, attese / expected %d" % (table, now["rows"], before["rows"]))
            elif now["digest"] != before["digest"]:
                wrong.append("%s: %d righe, ma il contenuto è cambiato / rows, but what they hold has changed" % (table, now["rows"]))
        wrong += ["%s: tabella in più / one table too many" % table for table in sorted(set(found) - set(expected))]
        total = sum(table["rows"] for table in found.values())
        note = "; una visita di questa verifica fu interrotta, da allora sono cambiate / a visit of this verification was cut off, changed since: "
        return {"wrong": wrong, "good": "%d tabelle / tables, %d righe / rows%s" % (
            len(found), total, note + ", ".join(touched) if touched else "")}

    def visited(self):
        """Tables as a verification of ours has left them (its log-on, its write); what anything else changed is not in it."""
        return json.loads(self.visited_file.read_text()) if self.visited_file.exists() else {}

    def arrive(self, _given):
        """All rows were just found right, and a visit begins. Where it is cut off, the next one cannot know which rows it left: a table
        that lost none since is taken for touched by it."""
        write_whole(self.visiting_file, "")
        return {}

    def forget_visits(self):
        self.visited_file.unlink(missing_ok=True)
        self.visiting_file.unlink(missing_ok=True)

    def leave(self, given):
        """After a visit that found all rows right: the next one expects what this one has left."""
        before, now = given["manifest"]["tables"], self.database.measure()
        write_whole(self.visited_file, json.dumps({table: sums for table, sums in now.items() if sums != before.get(table)}))
        self.visiting_file.unlink(missing_ok=True)
        return {}

    def files(self, given):
        expected = given["manifest"]["files"]
        found = describe([folder for folder in self.folders if os.path.lexists(folder)])
        wrong = ["%s: manca / is missing" % path for path in expected if path not in found]
        wrong += ["%s: in più / one too many" % path for path in found if path not in expected]
        for path in expected.keys() & found.keys():
            differing = sorted(key for key in expected[path].keys() | found[path].keys() if expected[path].get(key) != found[path].get(key))
            wrong += ["%s: %s" % (path, ", ".join(differing))] if differing else []
        return {"wrong": sorted(wrong)[:20], "good": "%d file e cartelle / files and folders" % len(found)}

    def integrity(self, given):
        database, manifest = self.database, given["manifest"]
        database.require()
        keys = database.foreign_keys()
        indexes = database.indexes()
        wrong = ["%s: chiave esterna mancante / foreign key missing" % name for name in set(manifest["foreignKeys"]) - {key["name"] for key in keys}]
        lost = set(manifest["indexes"]) - set(indexes)
        wrong += ["%s: indice mancante / index missing" % name for name in lost]
        wrong += ["%s: indice non valido / index not valid" % name for name, valid in indexes.items() if not valid]
        in_order = shares(keys)
        with ThreadPoolExecutor(PARALLEL) as pool:
            counts = [count for share in pool.map(lambda some: database.orphans([orphans_of(key) for key in some]), in_order) for count in share]
        wrong += ["%s: righe orfane / orphan rows %d" % (key["name"], count) for key, count in zip(itertools.chain(*in_order), counts) if count]
        wrong += database.broken_structures()
        return {"wrong": sorted(wrong)[:20], "good": "%d chiavi esterne / foreign keys, %d indici / indexes" % (len(keys), len(indexes))}

    def damage(self, _given):
        """Of a lab only: the largest table loses a row."""
        table = self.database.tables(self.database.name)[0]
        self.database.lose_row(table["quoted"])
        return {"table": table["name"]}


def orphans_of(key):
    child = ["c.%s" % column for column in key["columns"]]
    matched = " AND ".join("p.%s = %s" % pair for pair in zip(key["keys"], child))
    known = " AND ".join("%s IS NOT NULL" % column for column in child)
    return "SELECT count(*) FROM %s c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s)" % (key["child"], known, key["parent"], matched)


def main():
    given = json.load(sys.stdin)
    os.umask(0o077)
    try:
        application = Application(given["application"])
        print(json.dumps(getattr(application, given["verb"])(given)))
    except Refused as refusal:
        sys.exit(str(refusal))


main()
