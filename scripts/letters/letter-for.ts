/** The plan's letters by name. */
import {
  committeeProgress,
  committeeRestored,
  committeeReturned,
  councilAndBoardClosure,
  pressClosure,
  staffClosure,
} from './closing.ts';
import type { Letter, LetterFacts, MessageName } from './letter.ts';
import {
  committeeCalled,
  councilAndBoardCrisis,
  staffServices,
  suppliersWarned,
  viareggioWarned,
} from './reaction.ts';

const letters: Record<MessageName, (facts: LetterFacts) => Letter> = {
  'committee-called': committeeCalled,
  'council-and-board-crisis': councilAndBoardCrisis,
  'staff-services': staffServices,
  'viareggio-warned': viareggioWarned,
  'suppliers-warned': suppliersWarned,
  'committee-progress': committeeProgress,
  'committee-restored': committeeRestored,
  'committee-returned': committeeReturned,
  'staff-closure': staffClosure,
  'press-closure': pressClosure,
  'council-and-board-closure': councilAndBoardClosure,
};

/** Pure: the same facts give the same letter. @throws DrError LETTER_FACTS, LETTER_DATE, INVENTORY_LOOKUP */
export function letterFor(name: MessageName, facts: LetterFacts): Letter {
  return letters[name](facts);
}
