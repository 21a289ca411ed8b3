import { Validator } from "@cfworker/json-schema";
import { z } from "zod";
import type { Json } from "../../../src/domain/json.ts";
import type { Answer } from "../../stack/api-client.ts";
import type { TestStack } from "../../stack/test-stack.ts";

const responseShape = z.looseObject({
  content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })).optional(),
});
const operationShape = z.looseObject({ operationId: z.string(), responses: z.record(z.string(), responseShape) });

const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.looseObject({}),
});

type Operation = z.output<typeof operationShape>;

/** A request of a check. */
export interface CheckedCall {
  readonly method?: string;
  readonly path: string;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the API and holds every answer against the OpenAPI document that the API gives of itself. */
export class ContractChecker {
  readonly #stack: TestStack;
  readonly #document: z.output<typeof documentShape>;
  readonly #seen = new Set<string>();
  readonly #faults: string[] = [];

  private constructor(stack: TestStack, document: z.output<typeof documentShape>) {
    this.#stack = stack;
    this.#document = document;
  }

  /** Reads the document. */
  static async read(stack: TestStack): Promise<ContractChecker> {
    const { body } = await stack.api.call("GET", "/api/openapi.json");
    return new ContractChecker(stack, documentShape.parse(body));
  }

  /** Calls the API and notes where the answer is not as the document promises. */
  async call({ method = "GET", path, body, headers }: CheckedCall): Promise<Answer> {
    const answer = await this.#stack.api.call(method, path, body, headers);
    const operation = this.#find(method, path);
    const place = `${operation.operationId} ${answer.status}`;
    this.#seen.add(place);
    const fault = this.#findFault(operation, answer);
    if (fault !== null) this.#faults.push(`${method} ${path}: ${place} ${fault}`);
    return answer;
  }

  /** Answers that were not as the document promises. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Successes that the document promises and no call has shown yet. */
  unseenSuccesses(): readonly string[] {
    return Object.values(this.#document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ operationId, responses }) =>
        Object.keys(responses)
          .filter((status) => Number(status) < 400)
          .map((status) => `${operationId} ${status}`),
      )
      .filter((place) => !this.#seen.has(place));
  }

  #find(method: string, path: string): Operation {
    const plain = path.split("?")[0] ?? "";
    const exact = this.#document.paths[plain]?.[method.toLowerCase()];
    const found =
      exact ??
      Object.entries(this.#document.paths).find(
        ([template, methods]) =>
          method.toLowerCase() in methods && new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(plain),
      )?.[1][method.toLowerCase()];
    if (found === undefined) throw new Error(`${method} ${plain} is not in the document`);
    return found;
  }

  #findFault({ responses }: Operation, { status, headers, body }: Answer): string | null {
    const response = responses[String(status)];
    if (response === undefined) return `is not documented: ${JSON.stringify(body).slice(0, 300)}`;
    if (response.content === undefined) return null;
    const type = (headers.get("content-type") ?? "").split(";")[0] ?? "";
    const media = response.content[type];
    if (media === undefined) return `came as ${type}`;
    const validator = new Validator({ ...media.schema, components: this.#document.components }, "2020-12", false);
    const [error] = validator.validate(body).errors.toReversed();
    return error === undefined ? null : `at ${error.instanceLocation}: ${error.error}`;
  }
}
