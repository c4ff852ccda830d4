# What a controller says of the domain: one JSON object. Parameters: REALM ADDRESS. Looks only.
domain=${REALM,,}
private=$(testparm --suppress-prompt --parameter-name='private dir' 2>/dev/null)
sysvol=$(testparm --suppress-prompt --section-name=sysvol --parameter-name=path 2>/dev/null)
as_list() { jq -Rnc '[inputs]'; }
srv() { host -t SRV "$1.$domain" "$ADDRESS" | sed -n 's/.* has SRV record [0-9]* [0-9]* \([0-9]*\) \(.*\)\.$/\2:\1/p' | as_list; }
fsmo() { samba-tool fsmo show 2>/dev/null | sed -n 's/^\(.*\) owner: CN=NTDS Settings,CN=\([^,]*\),.*/\1=\2/p' | as_list; }
dbcheck() { # the first errors, which name their objects, and the count
  samba-tool dbcheck --cross-ncs > /run/dr-dbcheck.all 2>&1 || true
  grep --max-count=3 '^ERROR' /run/dr-dbcheck.all || true
  tail -1 /run/dr-dbcheck.all
}
sysvol() { # OK, or the error without what led to it in the program; of what has no ACL at all the program says no name
  if samba-tool ntacl sysvolcheck > /run/dr-sysvol.all 2>&1; then echo OK; return; fi
  getfattr --recursive --absolute-names --name=security.NTACL "$sysvol"/* 2>&1 >/dev/null \
    | sed -n 's,\(.*\): security.NTACL: No such attribute$,senza ACL / without an ACL: \1,p' | head --lines=3 || true # nothing to find is no failure
  grep '^ERROR' /run/dr-sysvol.all || cat /run/dr-sysvol.all
}
controllers() { ldbsearch -H "$private/sam.ldb" -b "CN=Configuration,DC=${domain//./,DC=}" '(objectClass=nTDSDSA)' dn 2>/dev/null | sed -n 's/^dn: CN=NTDS Settings,CN=\([^,]*\),.*/\1/p' | as_list; }
policies() { find "$sysvol" -name GPT.INI | wc -l; }
dbcheck > /run/dr-dbcheck &
sysvol > /run/dr-sysvol &
wait
jq -n --argjson ldap "$(srv _ldap._tcp)" --argjson kerberos "$(srv _kerberos._tcp)" --argjson gc "$(srv _gc._tcp)" --argjson kpasswd "$(srv _kpasswd._tcp)" \
  --argjson fsmo "$(fsmo)" --argjson controllers "$(controllers)" --argjson policies "$(policies)" \
  --arg dbcheck "$(cat /run/dr-dbcheck)" --arg sysvol "$(cat /run/dr-sysvol)" \
  '{srv: {"_ldap._tcp": $ldap, "_kerberos._tcp": $kerberos, "_gc._tcp": $gc, "_kpasswd._tcp": $kpasswd}, fsmo: $fsmo, controllers: $controllers, policies: $policies, dbcheck: $dbcheck, sysvol: $sysvol}'
