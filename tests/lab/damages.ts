/** What can be wrong with a restored Viareggio: how to do it as quietly as real damage would, which check must say so, how to undo it. */
import { CANARY_NAME } from '../../platforms/samba/canary.ts';

export type Damage = {
  /** The check that must FAIL, and what it must say. */
  check: string;
  says: RegExp;
  host: 'vi-dc1' | 'vi-fs1' | 'vi-ws5';
  harm: string;
  undo: string;
};

const DOMAIN = 'lucca.cciaa.internal';
const BASE = 'DC=lucca,DC=cciaa,DC=internal';
const SHARES = '/srv/shares';
const canary = (folder: string): string => `${SHARES}/${folder}/${CANARY_NAME}`;

const python = (program: string): string => `python3 - <<'E'\n${program}\nE`;

/** The domain's database with every rule that Samba has for it, except that what only Samba itself may write is written too. */
const directory = (program: string): string =>
  python(`import ldb, uuid
from samba.auth import system_session
from samba.dcerpc import misc
from samba.ndr import ndr_pack
from samba.param import LoadParm
from samba.samdb import SamDB
parameters = LoadParm()
parameters.load_default()
database = SamDB(session_info=system_session(), lp=parameters)
mine = database.get_dsServiceName()
servers = str(ldb.Dn(database, mine).parent().parent())
lost = 'CN=LU-DC1,%s' % servers
def role_to(owner):
    change = ldb.Message(ldb.Dn(database, 'CN=Infrastructure,${BASE}'))
    change['r'] = ldb.MessageElement(owner, ldb.FLAG_MOD_REPLACE, 'fSMORoleOwner')
    database.modify(change)
${program}`);

/** Past every rule: what a failing disk or a bad program leaves. */
const rawInstanceType = (value: number): string =>
  `ldbmodify -H "tdb://$(testparm --suppress-prompt --parameter-name='private dir' 2>/dev/null)/sam.ldb.d/${BASE.toUpperCase()}.ldb" <<'E'
dn: CN=Users,${BASE}
changetype: modify
replace: instanceType
instanceType: ${value}
E`;

const kpasswd = (verb: 'add' | 'delete'): string =>
  `samba-tool dns ${verb} vi-dc1.${DOMAIN} ${DOMAIN} _kpasswd._tcp SRV 'vi-dc1.${DOMAIN} 465 0 100' --machine-pass`;

const policy = `$(find "$(testparm --suppress-prompt --section-name=sysvol --parameter-name=path 2>/dev/null)" -name 'GPT.INI*' | sort | head -1)`;

export const damages: readonly Damage[] = [
  {
    check: 'ad.srv-records',
    says: /^_kpasswd\._tcp\.lucca\.cciaa\.internal: .*:465.*; atteso \/ expected vi-dc1\.lucca\.cciaa\.internal:464$/,
    host: 'vi-dc1',
    harm: kpasswd('add'),
    undo: kpasswd('delete'),
  },
  {
    check: 'ad.old-controllers',
    says: /^LU-DC1 è ancora nel dominio/,
    host: 'vi-dc1',
    harm: directory(`database.add({'dn': lost, 'objectClass': 'server'})
database.add({'dn': 'CN=NTDS Settings,' + lost, 'objectClass': 'nTDSDSA',
  'invocationId': ndr_pack(misc.GUID(str(uuid.uuid4())))}, ['relax:0'])`),
    undo: directory(`role_to(mine)
database.delete(lost, ['tree_delete:1'])`),
  },
  {
    check: 'ad.fsmo',
    says: /^InfrastructureMasterRole=LU-DC1$/,
    host: 'vi-dc1',
    harm: directory(`role_to('CN=NTDS Settings,' + lost)`),
    undo: directory('role_to(mine)'),
  },
  {
    check: 'ad.dbcheck',
    says: /^ERROR: wrong instanceType 5 on CN=Users,[^]*\(\d+ errors\)$/,
    host: 'vi-dc1',
    harm: rawInstanceType(5),
    undo: rawInstanceType(4),
  },
  {
    check: 'ad.sysvol',
    says: /^1 GPT\.INI$/m,
    host: 'vi-dc1',
    harm: `mv "${policy}" "${policy}.lost"`,
    undo: `lost="${policy}"; mv "$lost" "\${lost%.lost}"`,
  },
  {
    check: 'ad.sysvol',
    says: /ACL on GPO.*does not match/,
    host: 'vi-dc1',
    harm: `folder="$(dirname "${policy}")"; getfattr --absolute-names --encoding=hex --name=security.NTACL "$folder" > /run/policy.acl
      above=$(getfattr --absolute-names --encoding=hex --name=security.NTACL "$folder/.." | sed -n 's/^security.NTACL=//p')
      setfattr --name=security.NTACL --value="$above" "$folder"`,
    undo: 'setfattr --restore=/run/policy.acl',
  },
  {
    // Within the policy of the one before: Samba's own check ends with the first thing that is wrong, in whatever order it takes policies.
    check: 'ad.sysvol',
    says: /^senza ACL \/ without an ACL: .*\/Policies\/\{[^/]*\}\/MACHINE$/m,
    host: 'vi-dc1',
    harm: `below="$(dirname "${policy}")/MACHINE"; getfattr --absolute-names --encoding=hex --name=security.NTACL "$below" > /run/below.acl
      setfattr --remove=security.NTACL "$below"`,
    undo: 'setfattr --restore=/run/below.acl',
  },
  {
    check: 'ad.machine-trust',
    says: /./,
    host: 'vi-fs1',
    harm: 'mv /var/lib/samba/private/secrets.tdb /run/secrets.tdb',
    undo: 'mv /run/secrets.tdb /var/lib/samba/private/secrets.tdb',
  },
  {
    check: 'files.owner',
    says: /^owner: registro-imprese\/LEGGIMI.*: \d+:\d+ -> 1:\d+$/,
    host: 'vi-fs1',
    harm: `stat --format=%u '${canary('registro-imprese')}' > /run/owner; chown 1 '${canary('registro-imprese')}'`,
    undo: `chown "$(cat /run/owner)" '${canary('registro-imprese')}'`,
  },
  {
    check: 'files.attributes',
    says: /^attributes: .+: [0-9a-f]+ -> -$/,
    host: 'vi-fs1',
    harm: python(`import os
for folder, _, names in os.walk(b'${SHARES}'):
    for path in (os.path.join(folder, name) for name in names):
        if 'user.DOSATTRIB' in os.listxattr(path):
            with open('/run/mark', 'wb') as kept:
                kept.write(path + b'\\0' + os.getxattr(path, 'user.DOSATTRIB'))
            os.removexattr(path, 'user.DOSATTRIB')
            raise SystemExit
raise SystemExit('no file has a mark')`),
    undo: python(`import os
path, mark = open('/run/mark', 'rb').read().split(b'\\0', 1)
os.setxattr(path, 'user.DOSATTRIB', mark)`),
  },
  {
    // Everybody gets one more entry than the backup has: the share is there, and a stranger can read.
    check: 'access.denied-read',
    says: /^registro\.imprese1 su\/on DirittoAnnuale\/LEGGIMI.*: ha potuto leggere/,
    host: 'vi-fs1',
    harm: python(`import os
from samba.dcerpc import security, xattr
from samba.ndr import ndr_pack, ndr_unpack
path = '${canary('diritto-annuale')}'
before = os.getxattr(path, 'security.NTACL')
open('/run/acl', 'wb').write(before)
acl = ndr_unpack(xattr.NTACL, before)
entry = security.ace()
entry.type = security.SEC_ACE_TYPE_ACCESS_ALLOWED
entry.access_mask = 0x1200a9
entry.trustee = security.dom_sid('S-1-1-0')
(acl.info if acl.version == 1 else acl.info.sd).dacl_add(entry)
os.setxattr(path, 'security.NTACL', ndr_pack(acl))`),
    undo: python(`import os
os.setxattr('${canary('diritto-annuale')}', 'security.NTACL', open('/run/acl', 'rb').read())`),
  },
  {
    // The same account reads its canary there: only what it may not do is named.
    check: 'access.write',
    says: /^artigianato\S+ su\/on ArtigianatoExport\/prova-dr-\d+\.tmp: [^\n]*NT_STATUS_(MEDIA_WRITE_PROTECTED|ACCESS_DENIED)/,
    host: 'vi-fs1',
    harm: `cp --preserve /etc/samba/smb.conf /run/smb.conf
      sed -i '/^\\[ArtigianatoExport\\]/,/^\\[/ s/read only = no/read only = yes/' /etc/samba/smb.conf; smbcontrol smbd reload-config`,
    undo: 'cp --preserve /run/smb.conf /etc/samba/smb.conf; smbcontrol smbd reload-config',
  },
  {
    check: 'files.acl',
    says: /^acl: diritto-annuale\/LEGGIMI.*;;;WD\)/,
    host: 'vi-fs1',
    harm: 'true # the one before',
    undo: 'true',
  },
  {
    // The share comes by the ticket of the log-on; what the person starts afterwards finds none.
    check: 'desk.logon.vi-desk5',
    says: /^Nessun biglietto Kerberos dopo l'accesso\. \/ No Kerberos ticket after log-on\.$/,
    host: 'vi-ws5',
    harm: 'echo export KRB5CCNAME=FILE:/nonexistent > /etc/profile.d/z-other-cache.sh',
    undo: 'rm /etc/profile.d/z-other-cache.sh',
  },
];

/** At a desk, where provisioning it again undoes them: what `desk.services` must say of each. */
export const deskDamages: readonly { harm: string; says: RegExp }[] = [
  { harm: 'systemctl stop pcscd.socket', says: /^pcscd\.socket non è attivo/m },
  {
    harm: 'lpadmin -p vi-stampa1 -v socket://10.55.2.99:9100',
    says: /^stampante \/ printer: vi-stampa1: socket:\/\/10\.55\.2\.99:9100; atteso \/ expected socket:\/\/10\.55\.2\.50:9100$/m,
  },
  {
    harm: 'rm /usr/share/applications/infocamere-telemaco.desktop',
    says: /^collegamento \/ shortcut "Telemaco": nessuno/m,
  },
  {
    harm: "sed -i 's,^URL=.*,URL=https://altrove.example.org/,' /usr/share/applications/infocamere-registro-imprese.desktop",
    says: /^collegamento \/ shortcut "Registro Imprese": https:\/\/altrove\.example\.org\/; atteso \/ expected https:/m,
  },
  {
    harm: "printf 'Name=Di ieri\\nURL=https://ieri.example.org/\\n' > /usr/share/applications/infocamere-di-ieri.desktop",
    says: /^collegamento \/ shortcut "Di ieri": https:\/\/ieri\.example\.org\/; atteso \/ expected nessuno/m,
  },
];
