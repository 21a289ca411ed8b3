import type { StepKey } from "../ids.ts";
import type { Json } from "../json.ts";
import type { Actor } from "./command.ts";

/** A signal as it is kept. */
export interface Mail {
  readonly name: string;
  /** With the name it tells the signal from the others of its run. */
  readonly idempotencyKey: string;
  readonly payload: Json;
  /** Who sent it. */
  readonly actor: Actor;
  readonly receivedAt: Date;
  /** The step that took it, or null while none has. */
  readonly takenBy: StepKey | null;
}

/** Signals of one name that no step has taken: more are refused. */
export const MAIL_WAITING_MAX = 100;

/** The mailbox of a run as a decision changes it. */
export class Mailbox {
  readonly #mail: Mail[];
  readonly #changed = new Map<string, Mail>();

  /**
   * @param mail - What is loaded of it, oldest first.
   */
  constructor(mail: readonly Mail[]) {
    this.#mail = [...mail];
  }

  /** What was put in or taken. */
  get changed(): readonly Mail[] {
    return [...this.#changed.values()];
  }

  has(name: string, idempotencyKey: string): boolean {
    return this.#mail.some((mail) => mail.name === name && mail.idempotencyKey === idempotencyKey);
  }

  /** How many signals of a name no step has taken. */
  waitingCount(name: string): number {
    return this.#mail.filter((mail) => mail.name === name && mail.takenBy === null).length;
  }

  put(mail: Mail): void {
    this.#mail.push(mail);
    this.#changed.set(keyOf(mail), mail);
  }

  /** Takes the oldest signal of a name out for a step. */
  take(name: string, takenBy: StepKey): Mail | null {
    const index = this.#mail.findIndex((mail) => mail.name === name && mail.takenBy === null);
    const mail = this.#mail[index];
    if (mail === undefined) {
      return null;
    }
    const taken = { ...mail, takenBy };
    this.#mail[index] = taken;
    this.#changed.set(keyOf(taken), taken);
    return taken;
  }
}

/**
 * Gives the key of a signal in maps.
 *
 * @param mail - A signal.
 * @returns Text that no other signal of the run has.
 */
export function keyOf({ name, idempotencyKey }: Pick<Mail, "name" | "idempotencyKey">): string {
  return `${name}/${idempotencyKey}`;
}
