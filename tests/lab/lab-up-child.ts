/** `lab up` in a process of its own, so that a test can kill it. Argument: the lab's name. */

import { requireInventory } from '../../inventory/load.ts';
import { labUp } from '../../lab/lab.ts';

const hosts = ['lu-fs1', 'vi-fs1'];
const inventory = await requireInventory();
await labUp({
  name: String(process.argv[2]),
  inventory: {
    ...inventory,
    hosts: inventory.hosts.filter((host) => hosts.includes(host.name)),
    desks: [],
  },
});
