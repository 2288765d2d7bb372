import type { EcsDocument } from '#shared/event/ecs.ts';

/** Names at which a type contains itself: `process.parent` has no parent, `user.effective` no other user. */
type Recursive = 'parent' | 'effective' | 'target';

type Scalar = string | number | boolean;

/** Dotted names of the leaves of a document type; an object with free keys is one leaf. */
type Paths<Value, Prefix extends string, Seen> = Value extends Scalar
  ? Prefix
  : Value extends readonly (infer Element)[]
    ? Paths<Element, Prefix, Seen>
    : string extends keyof Value
      ? Prefix
      : {
          [Key in keyof Value & string]-?: Key extends Seen
            ? never
            : Paths<
                NonNullable<Value[Key]>,
                `${Prefix}${Prefix extends '' ? '' : '.'}${Key}`,
                Seen | (Key & Recursive)
              >;
        }[keyof Value & string];

/** The one type of users has more than ECS allows at each place: only `user` itself has `effective` and `target`. */
type NestedUser =
  | `${string}.user.${'effective' | 'target'}.${string}`
  | `user.${'effective' | 'target'}.${'effective' | 'target'}.${string}`;

/** Of the user of a process, ECS knows id and name. What else a tool says is stored, not searchable. */
type ProcessUserDetail =
  `process.${'' | 'parent.'}user.${'domain' | 'email' | 'full_name' | 'roles' | 'group.id' | 'group.name'}`;

/** Every field that the type of the event document allows, and that templates must know. */
export type DocumentField = Exclude<Paths<EcsDocument, '', never>, NestedUser | ProcessUserDetail>;
