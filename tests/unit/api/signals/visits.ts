import type { ApiServices } from "../../../../src/api/services.ts";
import type { SignalRecord } from "../../../../src/api/signals/port.ts";
import { signProof } from "../../../../src/api/signals/proof.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import type { CommandReply, CommandRequest } from "../../../../src/ledger/request.ts";
import { AWAY_DATABASE, AWAY_SHARDS, createServices, sendTo, type Sent, SETTINGS } from "../fake-services.ts";
import { RUN_ID, SIGNING_KEY, STEP_KEY, WAITING } from "./signal-fixtures.ts";

/** The present instant of the deployments. */
export const NOW = Date.parse("2026-07-01T12:00:00.000Z");

/** A proof that is good. */
export const PROOF = signProof({ runId: RUN_ID, stepKey: STEP_KEY, expiresAt: new Date(NOW + 60_000) }, SIGNING_KEY);

/** One that was. */
export const EXPIRED = signProof({ runId: RUN_ID, stepKey: STEP_KEY, expiresAt: new Date(NOW - 1_000) }, SIGNING_KEY);

/** Where the good one leads. */
export const PATH = `/signals/${PROOF}/decision`;

/** What a browser accepts. */
export const BROWSER = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

/** What it sends with a form. */
export const FORM = { ...BROWSER, "Content-Type": "application/x-www-form-urlencoded" };

/** What a program sends with JSON. */
export const JSON_BODY = { "Content-Type": "application/json" };

/** A deployment with one run, and the commands that reached it. */
export interface Deployment {
  readonly services: ApiServices;
  readonly commands: CommandRequest[];
}

/**
 * Makes a deployment.
 *
 * @param record - What differs in its run from one that waits; null when there is no run.
 * @param reply - What its run answers to commands.
 * @param settings - What differs in its settings.
 * @returns The deployment.
 */
export function deploy(
  record: Partial<SignalRecord> | null = {},
  reply: CommandReply = { kind: "applied" },
  settings: Partial<ApiServices["settings"]> = {},
): Deployment {
  const commands: CommandRequest[] = [];
  const services = createServices({
    settings: { ...SETTINGS, signalUrls: { ...SETTINGS.signalUrls, signingKeys: [SIGNING_KEY] }, ...settings },
    shards: {
      ...AWAY_SHARDS,
      command: async (request) => {
        commands.push(request);
        return { ok: true, value: reply };
      },
    },
    database: {
      ...AWAY_DATABASE,
      signals: {
        findWaitingSignal: async (runId) => (runId === RUN_ID && record !== null ? { ...WAITING, ...record } : null),
      },
    },
  });
  return { services, commands };
}

/** What a visit shows. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Visits an address as a browser does, unless it says otherwise.
 *
 * @param sent - The request.
 * @param deployment - Where.
 * @returns The answer.
 */
export async function visit(sent: Sent, { services }: Deployment = deploy()): Promise<Page> {
  const response = await sendTo(services, { headers: BROWSER, ...sent });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/**
 * The same for who gets JSON.
 *
 * @param sent - The request.
 * @param deployment - Where.
 * @returns The answer.
 */
export async function ask(
  sent: Sent,
  deployment: Deployment,
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const { status, text } = await visit(sent, deployment);
  return { status, body: JSON.parse(text) };
}
