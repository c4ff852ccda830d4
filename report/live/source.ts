/** Where the live page and the terminal get what they show. */
import type { RunView } from '../../runbooks/view/run-view.ts';

export type LiveSource = {
  /** The newest view. */
  current(): RunView;
  /** Calls `listener` with every later view, until the returned function is called. */
  subscribe(listener: (view: RunView) => void): () => void;
};
