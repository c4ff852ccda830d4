/** A minimal Debian inside a lab host: what `debootstrap --variant=minbase` leaves, and nothing of what the host has besides. */
import type { Lab } from '../../lab/lab.ts';
import { shellQuote } from '../../platforms/ssh.ts';
import { on } from './lab-harness.ts';

const ROOT = '/opt/bare';

/**
 * The files of the packages that every Debian has (essential and required ones and apt, with what they depend on), and what their own
 * scripts make of them at the installation: merged folders, accounts, the loader's cache.
 */
const make = `
names() { dpkg-query --show --showformat='\${Package}\\n' $* 2>/dev/null | sort -u; }
packages=$(dpkg-query --show --showformat='\${Essential} \${Priority} \${Package}\\n' | sed -n 's/^yes [a-z]* //p; s/^[a-z]* required //p; s/.* apt$/apt/p' | sort -u)
while :; do
  needed=$(dpkg-query --show --showformat='\${Pre-Depends}, \${Depends}\\n' $packages | tr ',|' '\\n\\n' | sed 's/(.*//; s/:any//; s/ //g' | sort -u)
  all=$(names $packages $needed)
  [ "$all" != "$packages" ] || break
  packages=$all
done
mkdir -p ${ROOT}/usr/bin ${ROOT}/usr/sbin ${ROOT}/usr/lib ${ROOT}/usr/lib64 ${ROOT}/usr/local/bin ${ROOT}/etc ${ROOT}/opt ${ROOT}/root ${ROOT}/media ${ROOT}/mnt
mkdir -p ${ROOT}/dev ${ROOT}/proc ${ROOT}/sys
for merged in bin sbin lib lib64; do ln -sfn usr/$merged ${ROOT}/$merged; done
dpkg-query --listfiles $packages | sort -u | tar --create --no-recursion --ignore-failed-read --files-from=- 2>/dev/null \\
  | tar --extract --keep-directory-symlink --directory ${ROOT}
for list in passwd group; do cp ${ROOT}/usr/share/base-passwd/$list.master ${ROOT}/etc/$list; done
mkdir -m 1777 -p ${ROOT}/tmp
chroot ${ROOT} ldconfig
echo $packages`;

/** Its own root and not a chroot's, in which no namespace of users can be made. */
const inside = `cd ${ROOT}; mount --bind . .; cd ${ROOT}
mount --rbind /dev dev; mount --rbind /media media; mount -t proc proc proc
pivot_root . mnt; umount --lazy /mnt
exec env -i HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin sh -c "$1"`;

/** Makes it on a host, which shares with it its network and its cassettes and nothing else; gives the names of its packages. */
export async function makeBareDebian(lab: Lab, host: string): Promise<string[]> {
  return (await on(lab, host, make)).split(' ');
}

/** A command line to be run on the host, for this one to be run inside. */
export function inBareDebian(command: string): string {
  return `unshare --mount sh -euc ${shellQuote(inside)} sh ${shellQuote(command)}`;
}
