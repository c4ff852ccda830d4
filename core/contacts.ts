/** Keeps addresses and telephone numbers out of what is logged: other programs' messages like to repeat them. */

const address = /[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+/g;
/** Nine digits or more, as people space them; shorter ones are statuses, ports and dates. */
const number = /\+?\d(?:[ ./-]?\d){8,}/g;

/** The text with every mail address and telephone number replaced by `…`. */
export function withoutContacts(text: string): string {
  return text.replace(address, '…').replace(number, '…');
}
