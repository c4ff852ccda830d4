def describe(folders):
    """Everything below the folders: kind, owner and group by name, mode, size, contents, ACLs and other attributes."""
    return {path: described(path) for folder in folders for path in walk(folder)}


def walk(top):
    yield top
    if os.path.isdir(top) and not os.path.islink(top):
        for name in sorted(os.listdir(top)):
            yield from walk(os.path.join(top, name))


def described(path):
    found = os.lstat(path)
    facts = {
        "mode": oct(found.st_mode),
        "owner": name_of(pwd.getpwuid, found.st_uid),
        "group": name_of(grp.getgrgid, found.st_gid),
        "attributes": {name: os.getxattr(path, name, follow_symlinks=False).hex() for name in sorted(os.listxattr(path, follow_symlinks=False))},
    }
    if stat.S_ISLNK(found.st_mode):
        facts["target"] = os.readlink(path)
    elif stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            facts["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
    return facts


def name_of(look_up, number):
    try:
        return look_up(number)[0]
    except KeyError:
        return str(number)


def require_folders(folders):
    missing = [folder for folder in folders if not os.path.lexists(folder)]
    if missing:
        refuse(
            "APPLICATION_FOLDER_MISSING",
            "Manca %s, che l'inventario dice dell'applicazione. / It is missing, and the inventory says that it is the application's." % ", ".join(missing),
            "Correggere 'folders' in inventory/applications.yaml. / Correct 'folders' there.",
        )


def changed_since(folders, instant):
    return [path for folder in folders for path in walk(folder) if os.lstat(path).st_ctime >= instant]


def pack(folders, archive):
    """Whether no file changed while it was read, which tar says by exit status 1 (GNU tar's manual, "Synopsis")."""
    done = attempt("tar", "--create", "--acls", "--xattrs", "--file", archive, "--directory", "/", "--", *[folder.lstrip("/") for folder in folders])
    if done.returncode > 1:
        raise failure("tar", done)
    return done.returncode == 0


def unpack(archive, tree):
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(mode=0o700)
    run("tar", "--extract", "--acls", "--xattrs", "--same-owner", "--preserve-permissions", "--file", archive, "--directory", tree)


def place_folders(folders, tree):
    """Each comes complete; what a package had put there is kept beside it, for the day that the host stands down."""
    for folder in folders:
        new, before = folder + ".dr-new", folder + ".dr-before"
        take_away(new)
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        run("cp", "-a", str(tree) + folder, new)
        if os.path.lexists(folder) and not os.path.lexists(before):
            take_away(before + ".part")
            run("cp", "-a", folder, before + ".part")
            os.rename(before + ".part", before)
        take_away(folder)
        os.rename(new, folder)


def remove_folders(folders):
    for folder in folders:
        take_away(folder + ".dr-new")
        take_away(folder)
        if os.path.lexists(folder + ".dr-before"):
            os.rename(folder + ".dr-before", folder)


def take_away(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)
