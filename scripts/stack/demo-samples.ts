import { z } from "zod";

/** What a sample asks the demo API. */
export interface SampleCall {
  /** Method and path, such as `GET /weather`. */
  readonly route: string;
  readonly query: URLSearchParams;
  /** Gives the body as parsed; the text when it is no JSON. */
  readonly readJson: () => Promise<unknown>;
}

/** What the demo API says to it. */
export interface SampleAnswer {
  readonly status: number;
  readonly body: unknown;
}

const IMAGES: readonly string[] = [
  "arch",
  "bridge",
  "canal",
  "dome",
  "elm",
  "ferry",
  "gone",
  "harbour",
  "isle",
  "jetty",
];
/** Listed, and not there: a list and what it lists are never of the same instant. */
const MISSING_IMAGE = "gone";
const IMAGE_SIZE = { width: 4000, height: 3000 } as const;

const resizeSchema = z.object({
  image: z.object({ name: z.string(), width: z.int().positive(), height: z.int().positive() }),
  width: z.int().positive(),
});

/**
 * Answers the calls that the samples in `examples` make: weather, news and events of a city; messages and transfers;
 * images, which are listed, fetched, resized and uploaded.
 *
 * @param call - The call.
 * @returns The answer, or null when it is no call of a sample.
 */
export async function answerSample(call: SampleCall): Promise<SampleAnswer | null> {
  const city = call.query.get("city") ?? "Nowhere";
  switch (call.route) {
    case "GET /weather":
      return ok({ city, temp: 4 + (city.length % 20) });
    case "GET /news":
      return ok({ items: [{ title: `${city} opens a library` }, { title: "Rain ahead" }] });
    case "GET /events":
      return ok({ items: [{ title: `Market day in ${city}`, hour: 9 }] });
    case "GET /images":
      return ok({ names: IMAGES });
    case "POST /resize":
      return resize(await call.readJson());
    case "POST /messages":
    case "POST /transfers":
      return created(await call.readJson());
    default:
      return answerImage(call);
  }
}

async function answerImage({ route, readJson }: SampleCall): Promise<SampleAnswer | null> {
  const [, method, folder, name] = /^(GET|PUT) \/(images|thumbnails)\/(\w+)$/.exec(route) ?? [];
  if (method === "GET" && folder === "images" && name !== undefined) {
    const isThere = IMAGES.includes(name) && name !== MISSING_IMAGE;
    return isThere ? ok({ name, ...IMAGE_SIZE }) : { status: 404, body: { error: `There is no image ${name}.` } };
  }
  return method === "PUT" && folder === "thumbnails" ? created({ name, stored: await readJson() }) : null;
}

function resize(body: unknown): SampleAnswer {
  const parsed = resizeSchema.safeParse(body);
  if (!parsed.success) {
    return { status: 422, body: { error: "The body is { image: { name, width, height }, width }." } };
  }
  const { image, width } = parsed.data;
  return ok({ name: image.name, width, height: Math.round((image.height * width) / image.width) });
}

function ok(body: unknown): SampleAnswer {
  return { status: 200, body };
}

// The demo API keeps nothing: who made something gets it back.
function created(body: unknown): SampleAnswer {
  return { status: 201, body };
}
