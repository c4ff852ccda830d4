/** Reads the live page's stream of events piece by piece. */
export class EventStreamReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  constructor(response: Response) {
    this.#reader = response.body?.getReader();
  }

  /** What comes until `mark` has come. */
  async until(mark: string): Promise<string> {
    let text = '';
    while (!text.includes(mark)) {
      const { value, done } = (await this.#reader?.read()) ?? { value: undefined, done: true };
      if (done) throw new Error(`the stream ended before "${mark}": ${text.slice(0, 200)}`);
      text += Buffer.from(value ?? []).toString('utf8');
    }
    return text;
  }

  async close(): Promise<void> {
    await this.#reader?.cancel();
  }
}
