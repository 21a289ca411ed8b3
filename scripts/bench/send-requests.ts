import { setTimeout as wait } from "node:timers/promises";
import { HttpConnection } from "./http-connection.ts";
import type { LoadJob, LoadResult } from "./load-job.ts";

/**
 * Sends one request many times over some connections, on each the next as soon as the one before is answered
 * and it is due.
 *
 * @param job - What to send, how often and over how many connections.
 * @returns When it began and ended, and how long each answer took.
 */
export async function sendRequests(job: LoadJob): Promise<LoadResult> {
  const url = new URL(job.url);
  const request = encodeRequest(job, url);
  const connections = await Promise.all(
    Array.from({ length: Math.min(job.connections, job.count) }, () => HttpConnection.open(url, job.timeoutMs)),
  );
  const latenciesMs: number[] = [];
  const failures: string[] = [];
  let sentCount = 0;

  async function sendOne(connection: HttpConnection): Promise<void> {
    const sentAtMs = performance.now();
    const { status, body } = await connection.send(request);
    if (status >= 200 && status < 300) latenciesMs.push(performance.now() - sentAtMs);
    else failures.push(`${status} ${body.slice(0, 500)}`);
  }

  async function sendShare(connection: HttpConnection): Promise<void> {
    while (sentCount < job.count) {
      const index = sentCount;
      sentCount += 1;
      const dueAtMs = job.perSecond === undefined ? startedAtMs : startedAtMs + (index * 1000) / job.perSecond;
      const earlyMs = dueAtMs - Date.now();
      if (earlyMs > 0) await wait(earlyMs);
      await sendOne(connection);
    }
  }

  const startedAtMs = Date.now();
  const ends = await Promise.allSettled(connections.map(sendShare));
  const endedAtMs = Date.now();
  for (const connection of connections) connection.close();
  failures.push(...ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : [])));
  return {
    startedAtMs,
    endedAtMs,
    latenciesMs,
    failureCount: job.count - latenciesMs.length,
    firstFailure: failures[0] ?? null,
  };
}

function encodeRequest({ method, headers, body }: LoadJob, url: URL): Buffer {
  const all = { host: url.host, "content-length": String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}
