/** An HTTP server on an address, and what to type in a browser to reach it. */
import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DrError } from '../../core/errors.ts';

/** @throws DrError LIVE_PORT when the address is taken or is not this machine's */
export async function listenOn(server: Server, host: string, port: number): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DrError(
      'LIVE_PORT',
      `La pagina non si può servire su "${host}", porta ${port}: ${reason}. / The page cannot be served at this address.`,
      'Indicare un altro indirizzo o un’altra porta (0: una qualunque libera). / Give another address or port (0: any free one).',
      { cause: error },
    );
  }
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${reachable(host)}:${bound}/`;
}

/** "All addresses" is none that a phone can open: the first real one stands for them. */
function reachable(host: string): string {
  const isAny = host === '0.0.0.0' || host === '::';
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  const name = isAny ? (outside?.address ?? 'localhost') : host;
  return isIPv6(name) ? `[${name}]` : name;
}
