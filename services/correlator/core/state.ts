import type { Attachment } from './assemble/attach.ts';
import type { Part } from './assemble/part.ts';
import type { Live } from './live.ts';

/** A connected set of bridge signals, as it was last divided. */
export interface Component {
  readonly parts: readonly PartState[];
}

/** A part, and what was last written about it. */
export interface PartState {
  readonly id: string;
  readonly part: Part;
  readonly component: Component;
  /** True once it was found worth showing. */
  open: boolean;
  /** Context signals that it uses. */
  used: ReadonlySet<string>;
}

/** Where the attach signals of an event without bridge signals belong. */
export interface EventAttachment {
  readonly attachment: Attachment;
  /** The attach signal whose link it is. */
  readonly by: Live;
}
