import type { LeaseToken } from "../../src/domain/ids.ts";
import type { Commit } from "../../src/ledger/batch.ts";
import type { AttemptCapacity } from "../../src/ledger/ledger.ts";

/** Room that a test sets, and a record of what the ledger asked and committed. */
export class RecordingCapacity implements AttemptCapacity {
  /** How many attempts each batch may begin. */
  places = 100;
  readonly asked: (readonly LeaseToken[])[] = [];
  readonly commits: Commit[] = [];

  room(settling: readonly LeaseToken[]): number {
    this.asked.push(settling);
    return this.places;
  }

  committed(commit: Commit): void {
    this.commits.push(commit);
  }

  /** Steps of all attempts handed over so far, in order. */
  get handedOver(): readonly string[] {
    return this.commits.flatMap((commit) => commit.assignments.map((assignment) => assignment.stepKey));
  }
}
