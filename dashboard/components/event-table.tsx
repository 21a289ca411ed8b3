import type { JSX } from "preact";
import type { AuditEvent } from "../model/api-types.ts";
import { formatClock, formatInstant, shortenId } from "../model/format.ts";
import { runAddress } from "../model/routes.ts";
import { describeEvent, nameOfStep } from "../model/run-facts.ts";

/**
 * Lists events of an audit log.
 *
 * @param props - The events in the order to show, and whether they are of one run or of all.
 * @returns The table.
 */
export function EventTable({
  events,
  place,
}: {
  readonly events: readonly AuditEvent[];
  readonly place: "run" | "everywhere";
}): JSX.Element {
  return (
    <div class="table-frame scroll" tabIndex={0} role="region" aria-label="Events">
      <table class="event-table">
        <thead>
          <tr>
            {place === "run" ? (
              <th scope="col" class="cell-number">
                #
              </th>
            ) : (
              <th scope="col">Run</th>
            )}
            <th scope="col">{place === "run" ? "Time (UTC)" : "Time"}</th>
            <th scope="col">Event</th>
            <th scope="col">Step</th>
            <th scope="col">Actor</th>
            <th scope="col">Details</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <EventRow key={`${event.runId}/${event.seq}`} event={event} place={place} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function EventRow({ event, place }: { readonly event: AuditEvent; readonly place: "run" | "everywhere" }): JSX.Element {
  const details = describeEvent(event);
  const step = event.step === null ? "" : nameOfStep(event.step);
  return (
    <tr>
      {place === "run" ? (
        <td class="cell-number muted">{event.seq}</td>
      ) : (
        <td>
          <a href={runAddress(event.runId)}>{shortenId(event.runId)}</a>
        </td>
      )}
      <td class="number">
        <time dateTime={event.at} title={formatInstant(event.at)}>
          {place === "run" ? formatClock(event.at) : formatInstant(event.at)}
        </time>
      </td>
      <td>
        <span class={`event-type ${(event.to ?? "").toLowerCase()}`} title={transition(event)}>
          {event.type}
        </span>
      </td>
      <td class="cell-text" title={step}>
        <span class="two-lines">
          {step}
          {event.attempt === null || event.attempt < 2 ? null : <span class="muted"> try {event.attempt}</span>}
        </span>
      </td>
      <td class="cell-text muted" title={event.actor}>
        <span class="two-lines">{event.actor}</span>
      </td>
      <td class="cell-text cell-details" title={details}>
        <span class="two-lines" dir="auto">
          {details}
        </span>
      </td>
    </tr>
  );
}

function transition({ from, to }: AuditEvent): string {
  return to === null ? "No transition" : `${from ?? "nothing"} → ${to}`;
}
