/** A recipe with one mistake, and how it is reported. */
export interface IssueCase {
  readonly what: string;
  readonly text: string;
  /** Code, path, line and column. */
  readonly issue: readonly [string, string, number, number];
  /** What the message or the hint says. */
  readonly says: string;
}

/** A recipe whose second step is given; its first line is line 5. */
export function withStep(step: string): string {
  return `name: a\nsteps:\n  - id: first\n    type: transform\n    with: 1\n  - ${step.replaceAll("\n", "\n    ")}\n`;
}

/** A recipe of one step whose template is given, on line 5. */
export function withTemplate(template: string): string {
  return `name: a\nsteps:\n  - id: x\n    type: transform\n    with: ${template}\n`;
}

/** The steps of a recipe whose steps do not matter. */
export const STEP = "steps: [{ id: x, type: transform, with: 1 }]";
