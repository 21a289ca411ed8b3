/** Whom the parts of the stack tell what happens to them. */
export interface StackEvents {
  /** A part died and is back; the message says which and why. */
  onRestarted(message: string): void;
  /** A part is dead for good; the message says which and why. */
  onGivenUp(message: string): void;
}
