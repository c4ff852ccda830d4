"""The workstation of an office, as a pyinfra user would write it: operations where there are some, facts before commands."""
from io import StringIO
from pathlib import Path

from pyinfra import host
from pyinfra.facts.server import Command
from pyinfra.operations import files, server, systemd

templates = Path(__file__).parent.parent / "ansible" / "templates"
facts = host.data


def render(template, dest, mode="644", **more):
    return files.template(name=dest, src=str(templates / template), dest=dest, mode=mode, **facts.dict(), **more)


def is_true(command):
    return host.get_fact(Command, f"({command}) >/dev/null 2>&1 && echo yes || echo no") == "yes"


joined = is_true("net ads testjoin")
homes = is_true("grep pam_mkhomedir /etc/pam.d/common-session")
printer = is_true(f"lpstat -v '{facts.PRINTER_NAME}' | grep -F ': {facts.PRINTER_URI}'")

files.put(
    name="Resolver",
    src=StringIO(f"nameserver {facts.CONTROLLER_ADDRESS}\nsearch {facts.REALM.lower()}\n"),
    dest="/etc/resolv.conf",
    atime=False,
)
render("krb5.conf.j2", "/etc/krb5.conf")
samba = render("smb.conf.j2", "/etc/samba/smb.conf")
if not joined:
    server.shell(
        name="Join",
        commands=[
            "mkdir -p /var/lib/samba/private/msg.sock /var/cache/samba /run/samba",
            f"printf '%s\\n' '{facts.ADMINISTRATOR_PASSWORD}' | kinit 'Administrator@{facts.REALM}' >/dev/null"
            " && net ads join --use-kerberos=required --no-pass </dev/null && kdestroy",
        ],
    )
systemd.service(name="Winbind", service="winbind", running=True, enabled=True)
if not joined:
    systemd.service(name="Winbind anew", service="winbind", restarted=True)
    server.shell(name="Trust", commands=["until wbinfo -t; do sleep 0.05; done"])
else:
    systemd.service(name="Winbind anew", service="winbind", restarted=True, _if=samba.did_change)
render("office-share.j2", "/usr/local/bin/office-share", mode="755")
render("office-share.sh.j2", "/etc/profile.d/office-share.sh")
for shortcut in facts.shortcuts:
    render("shortcut.desktop.j2", f"/usr/share/applications/infocamere-{shortcut['slug']}.desktop", item=shortcut)
if not homes:
    server.shell(
        name="Home folders",
        commands=["DEBIAN_FRONTEND=noninteractive pam-auth-update --package --enable mkhomedir"],
    )
systemd.service(name="Smart cards", service="pcscd.socket", running=True, enabled=True)
systemd.service(name="Printing", service="cups", running=True, enabled=True)
if not printer:
    server.shell(
        name="Printer",
        commands=[
            f"lpadmin -p '{facts.PRINTER_NAME}' -E -v '{facts.PRINTER_URI}' -m raw",
            f"lpadmin -d '{facts.PRINTER_NAME}'",
        ],
    )
