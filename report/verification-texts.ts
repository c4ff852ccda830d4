/** What is said of a result that is not today's. */
import type { About } from '../cassette/standing.ts';
import { type Text, text } from './texts.ts';

export const aboutTexts = {
  same: text('stesso snapshot', 'same snapshot'),
  'older-snapshot': text('su uno snapshot più vecchio', 'on an older snapshot'),
  'other-cassette': text("su un'altra cassetta", 'on another cassette'),
  unknown: text('snapshot non confrontabile', 'snapshot cannot be compared'),
} satisfies Record<About, Text>;
