import { isJsonObject, type Json, type JsonObject } from "../../src/domain/json.ts";
import { drawRecipe } from "./draw-recipe.ts";
import { Draws } from "./draws.ts";
import type {
  CallEffect,
  CallFault,
  CallPoint,
  ClientCommand,
  ConsumerFault,
  Fault,
  HttpFault,
  Schedule,
  ShardSetup,
  StartCommand,
  WorldFault,
} from "./schedule.ts";

/** Recipes are drawn from so many, as compiling one takes longer than a whole life of its runs here. */
const RECIPES = 400;

/** When clients and faults come, in ms from the beginning. */
export const TROUBLE_MS_MAX = 60_000;

/** Clocks are set to another time by this at most, either way. */
const CLOCK_MS_MAX = 600_000;

const STORE_EFFECTS = ["refused", "failed", "silent", "vanished", "late", "slow", "locked", "poison"] as const;
const QUEUE_EFFECTS = ["refused", "failed", "silent", "vanished", "overtaken", "late", "slow"] as const;
const RPC_EFFECTS = ["refused", "failed", "late", "slow"] as const;
const LOSSES = ["lost before", "lost after"] as const;

/** What can happen at each call; the shard's loss and an overtaken commit only where the sweeper heals what they leave. */
const EFFECTS = {
  findPlanRefs: STORE_EFFECTS,
  loadPlans: STORE_EFFECTS,
  open: STORE_EFFECTS,
  load: STORE_EFFECTS,
  save: STORE_EFFECTS,
  rollback: STORE_EFFECTS,
  renewLeases: STORE_EFFECTS,
  findDue: STORE_EFFECTS,
  claim: QUEUE_EFFECTS,
  write: QUEUE_EFFECTS,
  hide: QUEUE_EFFECTS,
  restore: QUEUE_EFFECTS,
  client: RPC_EFFECTS,
  settle: RPC_EFFECTS,
} as const satisfies Record<CallPoint, readonly CallEffect[]>;

/** Those that a shard meets often come often. */
const POINTS: readonly CallPoint[] = [
  ...(Object.keys(EFFECTS) as CallPoint[]),
  ...(["open", "open", "save", "save", "save", "write", "write", "claim", "settle"] as const),
];

/** Points at which a commit, or a message, may be lost on the way back, so that only the sweeper knows of it. */
const LEAVES_BEHIND: ReadonlySet<CallEffect> = new Set(["failed", "silent", "overtaken", "lost before", "lost after"]);

/**
 * Draws a schedule.
 *
 * @param seed - Any whole number.
 * @returns The same schedule for the same seed.
 */
export function drawSchedule(seed: number): Schedule {
  const draws = new Draws(seed);
  const hasSweeps = draws.chance(0.7);
  const recipes = Array.from({ length: draws.chance(0.25) ? 2 : 1 }, (_, index) => pickRecipe(draws, index));
  const starts = drawStarts(draws, recipes.length);
  const commands = [...starts, ...drawOperators(draws, starts, recipes), ...drawSignals(draws, starts, recipes)];
  return {
    seed,
    recipes,
    commands,
    faults: drawFaults(draws, { hasSweeps, recipes, commands }),
    setup: drawSetup(draws),
    hasSweeps,
    isResumed: draws.chance(0.7),
  };
}

function pickRecipe(draws: Draws, index: number): JsonObject {
  return drawRecipe(new Draws(draws.between(1, RECIPES)), `recipe-${index}`);
}

function drawSetup(draws: Draws): ShardSetup {
  return {
    concurrency: draws.pick([1, 2, 3, 8, 100]),
    callsInTurnMax: draws.pick([1, 3, 1_000, 1_000]),
    computingMax: draws.pick([1, 4, 16]),
  };
}

function drawStarts(draws: Draws, recipeCount: number): readonly StartCommand[] {
  const count = draws.pick([1, 1, 1, 2, 2, 3, 5]);
  const key = draws.chance(0.3) ? "one-key" : null;
  return Array.from({ length: count }, (_, index): StartCommand => ({
    type: "start",
    start: index,
    atMs: index === 0 ? 0 : draws.between(0, draws.pick([20, 5_000, 30_000])),
    recipe: draws.between(0, recipeCount - 1),
    key: draws.chance(0.5) ? key : draws.pick([null, `key-${index}`]),
    input: draws.pick([{}, { n: 0 }, { n: 2 }]),
  }));
}

function drawOperators(
  draws: Draws,
  starts: readonly StartCommand[],
  recipes: readonly JsonObject[],
): readonly ClientCommand[] {
  const count = draws.chance(0.4) ? 0 : draws.between(1, 4);
  return Array.from({ length: count }).flatMap((): readonly ClientCommand[] => {
    const start = draws.between(0, starts.length - 1);
    const common = { start, atMs: draws.between(0, draws.pick([200, 3_000, TROUBLE_MS_MAX])) };
    const resumedMs = common.atMs + draws.between(0, draws.pick([10, 500, 20_000]));
    const from = draws.chance(0.4) ? drawStepKey(draws, recipes) : null;
    const input = draws.chance(0.2) ? { n: draws.between(0, 3) } : undefined;
    const type = draws.pick(["cancel", "pause", "pause", "resume", "retry", "retry", "retry"] as const);
    switch (type) {
      case "cancel":
      case "resume":
        return [{ type, ...common }];
      case "pause":
        return [
          { type, ...common },
          ...(draws.chance(0.7) ? [{ ...common, type: "resume", atMs: resumedMs } as const] : []),
        ];
      case "retry":
        return [{ type, ...common, from, input }];
    }
  });
}

/** Some come before their step, some twice, some with a payload that is not what the step asks for. */
function drawSignals(
  draws: Draws,
  starts: readonly StartCommand[],
  recipes: readonly JsonObject[],
): readonly ClientCommand[] {
  return Array.from({ length: draws.pick([1, 2, 4, 8]) }).flatMap((_, index): readonly ClientCommand[] => {
    const { start, recipe } = draws.pick(starts);
    const names = stepsIn(recipes[recipe] ?? {}).flatMap(({ signal }) => signal ?? []);
    const atMs = draws.between(0, draws.pick([200, 3_000, TROUBLE_MS_MAX]));
    const key = `key-${draws.between(0, 5)}`;
    const payload = draws.chance(0.85) ? { v: index } : "none";
    const name = names.length > 0 && draws.chance(0.95) ? draws.pick(names) : "unknown";
    return names.length > 0 || index === 0 ? [{ type: "signal", start, atMs, name, key, payload }] : [];
  });
}

/** A step as others speak of it. */
interface WrittenStep {
  readonly id: string;
  /** Ids of the `foreach` steps around it, from the outermost. */
  readonly around: readonly string[];
  readonly type: Json;
  /** What it waits for, if it is a signal. */
  readonly signal: string | null;
}

/** All steps of a block, with those of the blocks in it. */
function stepsIn({ steps }: JsonObject, around: readonly string[] = []): readonly WrittenStep[] {
  return (Array.isArray(steps) ? steps : []).flatMap((step: Json): readonly WrittenStep[] => {
    const { id, type = null, with: written = null } = isJsonObject(step) ? step : {};
    const parameters = isJsonObject(written) ? written : {};
    const { signal } = parameters;
    const own =
      typeof id === "string" ? [{ id, around, type, signal: typeof signal === "string" ? signal : null }] : [];
    return [...own, ...stepsIn(parameters, typeof id === "string" ? [...around, id] : around)];
  });
}

/** Of a step, an item, or a step of an item; sometimes there is none with this key. */
function drawStepKey(draws: Draws, recipes: readonly JsonObject[]): string {
  const { id, around } = draws.pick(recipes.flatMap((recipe) => stepsIn(recipe)));
  const items = around.map((foreach) => `${foreach}[${draws.between(0, 2)}]`);
  return items.length > 0 && draws.chance(0.3) ? items.join(".") : [...items, id].join(".");
}

interface FaultScope {
  readonly hasSweeps: boolean;
  readonly recipes: readonly JsonObject[];
  readonly commands: readonly ClientCommand[];
}

/** Sometimes none, sometimes only such as the engine has no part in. */
function drawFaults(draws: Draws, scope: FaultScope): readonly Fault[] {
  const kinds = draws.pick([[], ["http"], FAULT_KINDS, FAULT_KINDS, FAULT_KINDS, FAULT_KINDS, FAULT_KINDS] as const);
  const count = kinds.length === 0 ? 0 : 1 + Math.floor(draws.fraction() ** 2 * 12);
  // Something to retry, which may work then.
  const isRetried = count > 0 && scope.commands.some(({ type }) => type === "retry");
  return [
    ...(isRetried
      ? [{ ...drawHttpFault(draws, scope.recipes), answer: "404" as const, calls: draws.between(1, 3) }]
      : []),
    ...Array.from({ length: count }).flatMap(() => drawFault(draws, draws.pick<Fault["kind"]>(kinds), scope)),
  ];
}

const FAULT_KINDS = ["call", "call", "call", "call", "consumer", "consumer", "http", "http", "world"] as const;

function drawFault(draws: Draws, kind: Fault["kind"], scope: FaultScope): readonly Fault[] {
  switch (kind) {
    case "call":
      return [drawCallFault(draws, scope.hasSweeps)];
    case "consumer":
      return drawConsumerFaults(draws);
    case "http":
      return [drawHttpFault(draws, scope.recipes)];
    case "world":
      return [drawWorldFault(draws, scope)];
  }
}

function drawCallFault(draws: Draws, hasSweeps: boolean): CallFault {
  const point = draws.pick(POINTS);
  const nth = 1 + Math.floor(draws.fraction() ** 2 * 40);
  const isLoss = hasSweeps && point !== "client" && point !== "settle" && draws.chance(0.3);
  const all: readonly CallEffect[] = isLoss
    ? LOSSES
    : [...EFFECTS[point], ...(point === "save" ? ["overtaken" as const] : [])];
  const effects = hasSweeps || point !== "save" ? all : all.filter((effect) => !LEAVES_BEHIND.has(effect));
  return { kind: "call", point, nth, effect: draws.pick(effects) };
}

function drawConsumerFaults(draws: Draws): readonly ConsumerFault[] {
  const lost = ["lost before", "lost after", "silent before", "silent after"] as const;
  const effect = draws.pick([...lost, "repeats", "tarries", "cut off", "cut off", "cut off"] as const);
  const nth = 1 + Math.floor(draws.fraction() ** 2 * 15);
  // What is cut off may report while the attempt that follows is still at work.
  const after = effect === "cut off" && draws.chance(0.7) ? [1, 2, 3] : [];
  return [
    { kind: "consumer", nth, effect },
    ...after.map((more): ConsumerFault => ({ kind: "consumer", nth: nth + more, effect: "tarries" })),
  ];
}

function drawHttpFault(draws: Draws, recipes: readonly JsonObject[]): HttpFault {
  const answer = draws.pick(["503", "503", "429", "404", "404", "404", "broken", "hangs", "slow"] as const);
  const steps = recipes.flatMap((recipe) => stepsIn(recipe));
  const calling = steps.filter(({ type }) => type === "http");
  const { id, around } = draws.pick(calling.length > 0 ? calling : steps);
  const item = around.length > 0 ? draws.pick([null, "a", "b"]) : null;
  return { kind: "http", step: id, item, calls: draws.between(1, 5), answer };
}

function drawWorldFault(draws: Draws, { hasSweeps, commands }: FaultScope): WorldFault {
  const atMs = draws.between(0, draws.pick([100, 3_000, TROUBLE_MS_MAX]));
  const lock = { type: "lock", start: draws.pick(commands).start, ms: draws.between(1, 20_000) } as const;
  const healed = [{ type: "repeat messages" }, { type: "delay messages", ms: draws.between(1, 30_000) }, lock] as const;
  const swept = [
    { type: "flush" },
    { type: "lose messages" },
    { type: "kill" },
    { type: "kill" },
    { type: "overlap" },
    { type: "overlap" },
    { type: "set clocks", ms: draws.between(-CLOCK_MS_MAX, CLOCK_MS_MAX) },
    ...healed,
  ] as const;
  return { kind: "world", atMs, event: draws.pick<WorldFault["event"]>(hasSweeps ? swept : healed) };
}
