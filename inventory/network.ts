/** IPv4 arithmetic on dotted texts that the schema has already accepted. */

/** An address as a number. */
function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** First (network) and last (broadcast) address of a network such as 10.55.2.0/24, as numbers. */
function networkBounds(cidr: string): { first: number; last: number } {
  const [address = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(addressNumber(address) / size) * size;
  return { first, last: first + size - 1 };
}

/** True for an address that a machine in this network can have: inside, and neither the network's nor the broadcast address. */
export function isUsableIn(cidr: string, address: string): boolean {
  const { first, last } = networkBounds(cidr);
  const number = addressNumber(address);
  return number > first && number < last;
}

export function networksOverlap(one: string, other: string): boolean {
  const a = networkBounds(one);
  const b = networkBounds(other);
  return a.first <= b.last && b.first <= a.last;
}
