/** What became of handing a letter to somebody who carries it. A failure is a value: it is a step's outcome, never a crash. */

export type DeliveryFailure = {
  outcome: 'failed';
  /** Stable: tests and other programs rely on it, never on the sentence. */
  code: string;
  /** Italian first, English beside; no address and no telephone number in it. */
  message: string;
  hint: string;
};

/** Builds a failure from sentences in both languages. */
export function deliveryFailure(
  code: string,
  message: { it: string; en: string },
  hint: { it: string; en: string },
): DeliveryFailure {
  return {
    outcome: 'failed',
    code,
    message: `${message.it} / ${message.en}`,
    hint: `${hint.it} / ${hint.en}`,
  };
}
