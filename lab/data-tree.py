"""Writes the office files of a lab's file server under ROOT/shares, the same ones for the same seed and size.

It runs on the file server (python3 -, this text on stdin) with one argument, a JSON object:
root, seed, sizeBytes, shares: [{folder, folders: [path below the share]}].
ROOT/.data-tree.json says what was made; it is also printed. No file is held in memory whole.
"""
import json
import os
import random
import sys
import unicodedata
import zipfile

MIB = 1024 * 1024
BIG_FILE_PART = 0.10
MEDIAN_BYTES = 45 * 1024
LARGEST_BYTES = 6 * MIB
FIRST_DAY = 1451606400  # 2016-01-01; ten years of files
TEN_YEARS_SECONDS = 10 * 365 * 86400
NOT_ENOUGH_SPACE = 28

KINDS = [
    "Verbale di seduta", "Delibera di Giunta", "Determina dirigenziale", "Visura", "Bilancio d'esercizio", "Lettera",
    "Circolare", "Relazione annuale", "Preventivo", "Ricevuta di pagamento", "Istanza", "Denuncia d'inizio attività",
    "Certificato d'origine", "Elenco pratiche", "Nota d'ufficio", "Attestazione di conformità", "Comunicazione unica",
    "Sollecito", "Modulo privacy", "Scheda contabilità", "Verbale d'ispezione", "Richiesta di proroga",
]
SUBJECTS = [
    "società agricola", "impresa artigiana", "caffè e pasticceria", "autotrasporti", "cartiera", "più sedi",
    "città di Viareggio", "qualità & sicurezza", "export extra-UE", "marchio nº 12", "cooperativa", "attività di quartiere",
    "perizia (bozza)", "università e ricerca", "è da rivedere", "diritto annuale 100%", "nautica da diporto", "tariffe #3",
]
FOLDERS = ["Corrispondenza", "Pratiche evase", "Modulistica", "Contabilità", "Attività d'ufficio", "Riunioni", "Posta in arrivo"]
WORDS = (
    "la camera di commercio comunica che pratica presentata dall'impresa risulta regolare ai sensi della normativa vigente "
    "si richiede pertanto integrazione entro il termine di giorni trenta dal ricevimento presente nota ufficio competente "
    "diritti segreteria importo versato protocollo registro posizione sede legale attività prevalente"
).split()
SUFFIXES = ["pdf"] * 6 + ["docx", "xlsx", "odt"] * 2 + ["docx", "txt", "csv", "xml", "txt", "jpg", "jpg", "eml", "p7m"]


class Tree:
    def __init__(self, spec):
        self.root = os.path.join(spec["root"], "shares")
        self.spec = spec
        self.random = random.Random(spec["seed"])
        self.noise = memoryview(self.random.randbytes(8 * MIB))
        self.prose = self.make_prose()
        self.files = self.folders = self.bytes = 0
        self.lists = {"readOnly": [], "hidden": [], "hardLinks": [], "emptyFolders": [], "longPaths": []}
        self.folder_times = {}

    def make_prose(self):
        lines = []
        size = 0
        while size < 2 * MIB:
            line = " ".join(self.random.choices(WORDS, k=14)) + f" LU-{self.random.randrange(10**6):06d};{self.random.random() * 900:.2f}\n"
            lines.append(line)
            size += len(line)
        return memoryview("".join(lines).encode())

    # --- places
    def moment(self):
        return FIRST_DAY + self.random.randrange(TEN_YEARS_SECONDS)

    def folder(self, path):
        if path in self.folder_times:
            return path
        parent = os.path.dirname(path)
        if parent:
            self.folder(parent)
        full = os.path.join(self.root, path)
        if not os.path.isdir(full):
            os.mkdir(full)
        self.folder_times[path] = self.moment()
        self.folders += 1
        return path

    # --- content
    def body(self, out, size, source):
        """Large bodies are made fresh, small ones cut out of a pool, so that no two files share a block."""
        while size > 0:
            piece = min(size, MIB)
            if size > MIB // 2 and source is self.noise:
                out.write(self.random.randbytes(piece))
            else:
                start = self.random.randrange(len(source) - piece)
                out.write(source[start:start + piece])
            size -= piece

    def office_document(self, out, size):
        """A zip of deflated XML and a picture that does not compress, as word processors write them."""
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            text = min(size, 24 * 1024)
            start = self.random.randrange(len(self.prose) - text)
            archive.writestr(zipfile.ZipInfo("word/document.xml"), self.prose[start:start + text], zipfile.ZIP_DEFLATED)
            with archive.open(zipfile.ZipInfo("word/media/image1.jpeg"), "w") as picture:
                self.body(picture, max(0, size - text // 3), self.noise)

    def content(self, out, suffix, size, title):
        if suffix in ("docx", "xlsx", "odt"):
            self.office_document(out, size)
        elif suffix in ("txt", "csv", "xml", "eml"):
            out.write(f"{title}\r\n".encode())
            self.body(out, max(0, size - len(title)), self.prose)
        else:
            head = {"pdf": b"%PDF-1.7\n", "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"}.get(suffix, b"0\x82")
            out.write(head + title.encode() + b"\n")
            self.body(out, size, self.noise)

    # --- files
    def write(self, path, suffix, size):
        full = os.path.join(self.root, path)
        if os.path.lexists(full):
            os.unlink(full)  # of an interrupted run; not overwritten, because it may be a hard link
        with open(full, "wb", buffering=256 * 1024) as out:
            if size > 0:
                self.content(out, suffix, size, path)
        when = self.moment()
        os.utime(full, (when, when))
        self.files += 1
        self.bytes += os.path.getsize(full)
        return path

    def link(self, path, target):
        full = os.path.join(self.root, path)
        if os.path.lexists(full):
            os.unlink(full)
        os.link(os.path.join(self.root, target), full)
        self.files += 1
        self.lists["hardLinks"].append([target, path])

    def size(self):
        return min(LARGEST_BYTES, int(self.random.lognormvariate(0, 1.2) * MEDIAN_BYTES))

    def name(self, number):
        kind, subject = self.random.choice(KINDS), self.random.choice(SUBJECTS)
        suffix = self.random.choice(SUFFIXES)
        form = self.random.randrange(4)
        if form == 0:
            text = f"{kind} {subject} - prot. {number:05d}"
        elif form == 1:
            text = f"{number:05d}_{kind.replace(' ', '_')}"
        elif form == 2:
            text = f"{kind} ({subject}) {number}"
        else:
            text = f"{subject.upper()} {number} {kind}"
        return f"{text}.{suffix}", suffix

    # --- one share
    def share(self, share, budget):
        places = [self.folder(share["folder"])]
        for path in share["folders"]:
            places.append(self.folder(os.path.join(share["folder"], path)))
        for name in self.random.sample(FOLDERS, 4):
            for year in self.random.sample(range(2016, 2026), 3):
                places.append(self.folder(os.path.join(share["folder"], name, str(year))))
        self.oddities(share["folder"])
        end = self.bytes + budget
        written = []
        number = self.random.randrange(1000)
        while self.bytes < end or len(written) < len(places):
            number += 1
            name, suffix = self.name(number)
            # One file in every folder first, so that each folder's own rights are tried by a file.
            place = places[len(written)] if len(written) < len(places) else self.random.choice(places)
            path = self.write(os.path.join(place, name), suffix, min(self.size(), max(1024, end - self.bytes)))
            written.append(path)
            if self.random.random() < 0.02:
                self.lists["readOnly"].append(path)
        copies = self.folder(os.path.join(share["folder"], "Copie per lo sportello"))
        for target in self.random.sample(written, min(3, len(written))):
            self.link(os.path.join(copies, f"Copia di {os.path.basename(target)}"), target)

    def oddities(self, share):
        """What offices really have and what backups really lose."""
        deep = os.path.join(
            share, "Archivio storico della Camera di Commercio", "Pratiche trasferite dall'Ufficio Attività Produttive",
            "Fascicoli sospesi in attesa d'integrazione documentale", "Corrispondenza e allegati (più versioni)")
        self.folder(deep)
        path = self.write(os.path.join(deep, "Nota d'accompagnamento alla richiesta di proroga - versione definitiva è questa.txt"), "txt", 2000)
        self.lists["longPaths"].append(path)
        longest = "Elenco dei procedimenti (" + "à" * 113 + ".txt"
        assert len(longest.encode()) == 255
        self.write(os.path.join(share, longest), "txt", 800)
        # Written by a Mac: the accent is a character of its own.
        self.write(os.path.join(share, unicodedata.normalize("NFD", "Società già iscritte.txt")), "txt", 600)
        self.write(os.path.join(share, "Nuovo documento di testo.txt"), "txt", 0)
        for name, suffix in (("desktop.ini", "txt"), ("~$Lettera d'incarico.docx", "txt"), (".impostazioni scanner", "txt")):
            self.lists["hidden"].append(self.write(os.path.join(share, name), suffix, 162))
        self.lists["readOnly"].append(self.write(os.path.join(share, "Regolamento (sola lettura).pdf"), "pdf", 50_000))
        for name in ("Nuova cartella", "Da archiviare/Più tardi"):
            self.lists["emptyFolders"].append(self.folder(os.path.join(share, name)))

    # --- all of them
    def make(self):
        os.makedirs(self.root, mode=0o777, exist_ok=True)
        shares = self.spec["shares"]
        size = self.spec["sizeBytes"]
        big = int(size * BIG_FILE_PART)
        archive = self.folder(os.path.join(shares[0]["folder"], "Posta archiviata"))
        big_file = self.write(os.path.join(archive, "Archivio posta fino al 2019.pst"), "pst", big)
        for index, share in enumerate(shares):
            budget = (size - self.bytes) // (len(shares) - index)
            self.share(share, budget)
            print(f"{index + 1}/{len(shares)} {share['folder']}: {self.bytes}", file=sys.stderr, flush=True)
        for path, when in self.folder_times.items():
            os.utime(os.path.join(self.root, path), (when, when))
        return {"files": self.files, "folders": self.folders, "bytes": self.bytes, "bigFile": big_file, **self.lists}


def main():
    spec = json.loads(sys.argv[1])
    marker = os.path.join(spec["root"], ".data-tree.json")
    made_from = {"seed": spec["seed"], "sizeBytes": spec["sizeBytes"], "shares": spec["shares"]}
    if os.path.exists(marker):
        with open(marker, encoding="utf-8") as file:
            known = json.load(file)
        if known["madeFrom"] != made_from:
            sys.exit(17)
        if known["complete"]:
            print(json.dumps({**known["tree"], "changed": False}))
            return
    space = os.statvfs(spec["root"])
    if space.f_bavail * space.f_frsize < spec["sizeBytes"] * 1.05 + 16 * MIB:
        sys.exit(NOT_ENOUGH_SPACE)
    save(marker, {"madeFrom": made_from, "complete": False})
    os.umask(0)
    tree = Tree(spec).make()
    save(marker, {"madeFrom": made_from, "complete": True, "tree": tree})
    print(json.dumps({**tree, "changed": True}))


def save(path, value):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.replace(path + ".new", path)


main()
