/** What happened, in ECS: `event.category` and the `event.type` that it allows. */
export interface Activity {
  readonly category: readonly string[];
  readonly type: readonly string[];
}
