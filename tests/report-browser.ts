/** A real headless Chromium for tests of pages: what it asks of the network and what it complains about is on record. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @throws when no Chromium is installed, with the command that installs it. */
export function findChromium(): string {
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    'Manca Chromium, che serve alle prove del rapporto: apt-get install chromium / Chromium is missing',
  );
}

export type OpenPage = { page: Page; complaints: string[]; requests: string[] };

/** One browser with a profile of its own, which goes when it is disposed of. */
export class Browser implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  static async start(): Promise<Browser> {
    const executablePath = findChromium();
    const profile = mkdtempSync(join(tmpdir(), 'dr-chromium-'));
    const options = { executablePath, headless: true, args: flags };
    return new Browser(await chromium.launchPersistentContext(profile, options), profile);
  }

  /** Opens a file; `requests` holds everything that the page asks for beside itself. */
  async open(path: string, width = 1280): Promise<OpenPage> {
    return await this.visit(pathToFileURL(path).href, width);
  }

  /** Opens an address. */
  async visit(address: string, width = 1280): Promise<OpenPage> {
    const page = await this.#context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== address) requests.push(request.url());
    });
    await page.setViewportSize({ width, height: 800 });
    await page.goto(address);
    return { page, complaints, requests };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
