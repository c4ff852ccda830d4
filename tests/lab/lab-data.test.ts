/** The office files: what is in them, and that the same seed and size give the same files. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DataTree, generateDataTree, SHARES_DIRECTORY } from '../../lab/data.ts';
import { type Lab, labUp } from '../../lab/lab.ts';
import { type Access, loadAccess } from '../../platforms/access.ts';
import { shellQuote } from '../../platforms/ssh.ts';
import { inventory, on, only, removeEverything } from './lab-harness.ts';

const sizeBytes = 24 * 1024 ** 2;
const { shares } = inventory;
let lab: Lab;
let access: Access;
let tree: DataTree;

beforeAll(async () => {
  lab = await labUp({ name: 'data', inventory: only('lu-fs1', 'vi-fs1'), dataDiskBytes: 2 ** 28 });
  access = await loadAccess(lab.accessFile);
  tree = await generateDataTree(access, { host: 'lu-fs1', shares, sizeBytes });
});

afterAll(removeEverything);

/** Names, sizes, times, links and content of the whole tree in one digest. */
const digest = `cd ${SHARES_DIRECTORY} && { find . -mindepth 1 -printf '%y %m %s %n %T@ %p\\n' | sed 's/^d \\([0-9]*\\) [0-9]* /d \\1 /' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum`;

const words = (paths: readonly string[]): string => paths.map(shellQuote).join(' ');

const inShares = async (command: string): Promise<string> =>
  await on(lab, 'lu-fs1', `cd ${SHARES_DIRECTORY} && ${command}`);

describe('the tree', () => {
  test('has the size that was asked for, a share folder each, and one big file', async () => {
    expect(tree.changed).toBe(true);
    expect(tree.bytes / sizeBytes).toBeGreaterThan(0.99);
    expect(tree.bytes / sizeBytes).toBeLessThan(1.05);
    expect((await inShares('ls')).split('\n')).toEqual(shares.map((share) => share.folder).toSorted());
    expect(Number(await inShares('find . -type f | wc -l'))).toBe(tree.files);
    expect(Number(await inShares('find . -mindepth 1 -type d | wc -l'))).toBe(tree.folders);
    const big = Number(await inShares(`stat -c %s '${tree.bigFile}'`));
    expect(big / sizeBytes).toBeCloseTo(0.1, 2);
  });

  test('has every folder that the inventory gives rights to, with files in it', async () => {
    const folders = shares.flatMap((share) => share.folders.map(({ path }) => `${share.folder}/${path}`));
    const withoutFiles = `for folder in ${words(folders)}; do ls -p "$folder" | grep -qv / || echo "$folder"; done`;
    expect(await inShares(withoutFiles)).toBe('');
  });

  const oddities: [what: string, command: string, atLeast: number][] = [
    ['accents', "find . -name '*[àèéìòù]*' | wc -l", 20],
    ['apostrophes', 'find . -name "*\'*" | wc -l', 20],
    ['spaces', "find . -name '* *' | wc -l", 50],
    [
      'paths over 200 characters',
      "find . -type f | LC_ALL=C.UTF-8 awk 'length > 200' | wc -l",
      shares.length,
    ],
    ['names of 255 bytes', "find . -type f -printf '%f\\n' | LC_ALL=C awk 'length == 255' | wc -l", 1],
    [
      'no name too long',
      "find . -printf '%f\\n' | LC_ALL=C awk 'length > 255' | wc -l | sed 's/^0$/1/;t;s/.*/0/'",
      1,
    ],
    ['empty folders', 'find . -type d -empty | wc -l', shares.length * 2],
    ['empty files', 'find . -type f -empty | wc -l', shares.length],
    ['hard links', 'find . -type f -links +1 | wc -l', shares.length * 2],
    ['combining accents', "find . -name 'Societa*' | wc -l", shares.length],
    ['ten years', "find . -type f -printf '%TY\\n' | sort -u | wc -l", 10],
    ['kinds', "find . -type f | sed 's/.*[.]//' | sort -u | wc -l", 10],
  ];
  test.for(oddities)('has %s', async ([, command, atLeast]) => {
    expect(Number(await inShares(command))).toBeGreaterThanOrEqual(atLeast);
  });

  test('has office documents that open as zip files, text that compresses and scans that do not', async () => {
    const check = `python3 -c "
import glob, sys, zipfile, zlib
files = glob.glob('**/*.docx', recursive=True)
assert len(files) > 3 and all(zipfile.ZipFile(file).testzip() is None for file in files if not file.split('/')[-1].startswith('~'))
def ratio(pattern):
    data = b''.join(open(file, 'rb').read() for file in glob.glob(pattern, recursive=True))
    return len(zlib.compress(data, 1)) / len(data)
print(ratio('**/*.csv') < 0.5, ratio('**/*.jpg') > 0.98)"`;
    expect(await inShares(check)).toBe('True True');
  });

  test('lists what Samba has to mark, and it is there', async () => {
    expect(tree.readOnly.length).toBeGreaterThanOrEqual(shares.length);
    expect(tree.hidden.length).toBe(shares.length * 3);
    const listed = [...tree.readOnly, ...tree.hidden, ...tree.longPaths, ...tree.hardLinks.flat()];
    expect(await inShares(`for file in ${words(listed)}; do [ -f "$file" ] || echo "$file"; done`)).toBe('');
  });
});

describe('making it', () => {
  test('again changes nothing', async () => {
    const before = await on(lab, 'lu-fs1', digest);
    const again = await generateDataTree(access, { host: 'lu-fs1', shares, sizeBytes });
    expect(again).toEqual({ ...tree, changed: false });
    expect(await on(lab, 'lu-fs1', digest)).toBe(before);
  });

  test('after it was cut off goes on to the same tree', async () => {
    const asked = { host: 'vi-fs1', shares, sizeBytes };
    await generateDataTree(access, asked);
    const [[original, link] = ['', '']] = tree.hardLinks;
    await on(
      lab,
      'vi-fs1',
      `sed -i 's/"complete": true/"complete": false/' /srv/.data-tree.json
       cd ${SHARES_DIRECTORY} && rm -r comune && truncate -s 10 ${words([tree.bigFile, original])} && rm ${words([link])}`,
    );
    expect((await generateDataTree(access, asked)).changed).toBe(true);
    expect(await on(lab, 'vi-fs1', digest)).toBe(await on(lab, 'lu-fs1', digest));
  });

  test('of another size over it is refused', async () => {
    await expect(
      generateDataTree(access, { host: 'lu-fs1', shares, sizeBytes: sizeBytes + 1 }),
    ).rejects.toMatchObject({ code: 'DATA_TREE_DIFFERS' });
  });

  test('too big for the disk, or too small to be one, is refused', async () => {
    await on(lab, 'vi-fs1', `rm -rf ${SHARES_DIRECTORY} /srv/.data-tree.json`);
    const asked = { host: 'vi-fs1', shares };
    await expect(generateDataTree(access, { ...asked, sizeBytes: 2 ** 30 })).rejects.toMatchObject({
      code: 'DATA_DISK_FULL',
    });
    expect(await on(lab, 'vi-fs1', 'ls /srv')).toBe('lost+found');
    await expect(generateDataTree(access, { ...asked, sizeBytes: 1000 })).rejects.toMatchObject({
      code: 'DATA_SIZE',
    });
  });
});
