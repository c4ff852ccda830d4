/** One person at the live page of a run, with nothing but what it shows. */
import { createServer } from 'node:net';
import type { Locator, Page } from 'playwright-core';
import { vi } from 'vitest';
import type { RunningChild } from './run-harness.ts';

export const NAME = 'Zefferina Quaratesi';

export const patiently = { timeout: 90_000, interval: 25 };

/** What a person does on the page, found as the page shows it. */
export class Hand {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async waitFor(step: string): Promise<void> {
    await this.page.locator(`[data-form="answer:${step}"][data-choice]`).first().waitFor();
  }

  /** The first step on the page that takes an answer; undefined once the run is over. */
  async whatWaits(patienceMs: number): Promise<string | undefined> {
    const either = this.page.locator('.card:has([data-choice]), #outcome .word');
    await either.first().waitFor({ timeout: patienceMs });
    if ((await this.page.locator('#outcome .word').count()) > 0) return undefined;
    return (
      (await this.page.locator('.card:has([data-choice])').first().getAttribute('data-key')) ?? undefined
    );
  }

  /** The first answer that is offered; for good when the step waits no more. */
  async answerFirst(step: string): Promise<void> {
    const choice = await this.page
      .locator(`[data-form="answer:${step}"][data-choice]`)
      .first()
      .getAttribute('data-choice');
    await this.answer(step, choice ?? '');
    await this.goneFrom(step);
  }

  /** Until the page asks this no more, in this attempt. */
  async goneFrom(step: string): Promise<void> {
    await this.card(step).waitFor({ state: 'detached', timeout: patiently.timeout });
  }

  async open(step: string, choice: string): Promise<void> {
    await this.page.locator(`[data-form="answer:${step}"][data-choice="${choice}"]`).click();
    await this.fill(step, {}, false);
  }

  /** Name and role, and what else is given; ticks what has to be confirmed. */
  async fill(step: string, fields: { role?: string; note?: string }, confirm = true): Promise<void> {
    await this.#fill(`answer:${step}`, { name: NAME, ...fields }, confirm);
  }

  async send(step: string): Promise<void> {
    await this.page.locator(`form[data-form="answer:${step}"] [type=submit]`).click();
  }

  async answer(step: string, choice: string, { at }: { at?: string } = {}): Promise<void> {
    await this.open(step, choice);
    if (at !== undefined) {
      await this.page.locator(`form[data-form="answer:${step}"] [value=declared]`).check();
      await this.page.locator(`form[data-form="answer:${step}"] [name=at]`).fill(at);
    }
    await this.send(step);
  }

  card(step: string): Locator {
    return this.page.locator(`.card[data-key="${step}"]`);
  }

  /** Left out, with the reason; for good when the step waits no more. */
  async skip(step: string, note: string): Promise<void> {
    await this.open(step, 'skipped');
    await this.fill(step, { note });
    await this.send(step);
    await this.goneFrom(step);
  }

  /** A point of the clocks, with a time of Rome as the field takes it. */
  async declare(milestone: string, at: string): Promise<void> {
    await this.page.locator('details[data-key=declare] summary').click();
    await this.#fill('declare:', { milestone, at, role: 'rco', name: NAME });
    await this.page.locator('details[data-key=declare] [type=submit]').click();
    await this.page.locator('#recorded:focus').waitFor();
  }

  async takeBack(step: string, why: string): Promise<void> {
    await this.page.locator(`[data-action=take-back][data-form="take-back:${step}"]`).click();
    await this.#fill(`take-back:${step}`, { name: NAME, why });
    await this.page.locator(`form[data-form="take-back:${step}"] [type=submit]`).click();
  }

  async handOver(role: string, to: string, why: string): Promise<void> {
    await this.page.locator('details[data-key=hand-over] summary').click();
    await this.#fill('hand-over:', { role, to, by: role, name: NAME, why });
    await this.page.locator('details[data-key=hand-over] [type=submit]').click();
    await this.page.locator('#recorded:focus').waitFor();
  }

  async #fill(form: string, fields: Record<string, string>, confirm = true): Promise<void> {
    const element = this.page.locator(`form[data-form^="${form}"]`);
    for (const [name, value] of Object.entries(fields)) {
      const field = element.locator(`[name=${name}]`);
      if (await element.locator(`select[name=${name}]`).count()) await field.selectOption(value);
      else await field.fill(value);
    }
    const tick = element.locator('[name=confirm]');
    if (confirm && (await tick.count()) > 0) await tick.check();
  }
}

/** The page's address, once it is served. */
export async function addressOf(child: RunningChild): Promise<string> {
  return await vi.waitFor(() => {
    const url = /^page (\S+)$/m.exec(child.output)?.[1];
    if (url === undefined) throw new Error(child.output);
    return url;
  }, patiently);
}

/** One that nobody listens on now. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
