/** Types of the page's code that JSDoc cannot express. */
import type { Text } from '../../texts.ts';

/** What an element may be given to hold. */
export type Child = Node | Text | string | number | null | false | readonly Child[];
