import { type RegexAllowance, RegexRefusal } from "../../linear-regex.ts";
import { RegexCompiler } from "../regex-program.ts";
import type { Node, Pair, SortTerm, Stage } from "./ast.ts";
import { parseLambda } from "./lambdas.ts";
import { nameOf, negate, terminalOf } from "./operands.ts";
import { BINARY, BINDING, NEGATE_BINDING, PREFIXES, TERMINALS } from "./operators.ts";
import {
  addFilters,
  addFocus,
  addGroup,
  addIndex,
  addSort,
  joinChain,
  joinPath,
  keepList,
  pathOfName,
} from "./paths.ts";
import { syntaxFailure } from "./syntax-failure.ts";
import { TokenCursor } from "./token-cursor.ts";
import type { Token } from "./tokens.ts";

/** Brackets in brackets; deeper ones nobody could read. */
const NESTED_MAX = 200;

/** Reads an expression into a tree, each word once. */
export class Parser {
  readonly #cursor: TokenCursor;
  readonly #regexes: RegexCompiler;
  #depth = 0;

  constructor(source: string, shared: RegexAllowance | null) {
    this.#regexes = new RegexCompiler(shared);
    this.#cursor = new TokenCursor(source);
  }

  /** Reads all of it; throws an `ExpressionFailure` when it is no expression. */
  parse(): Node {
    const node = this.#parseExpression(0);
    if (this.#cursor.token.kind !== "end") {
      throw this.#cursor.unexpected("S0201", "an operator or the end of the expression");
    }
    return node;
  }

  #parseExpression(binding: number): Node {
    this.#depth += 1;
    if (this.#depth > NESTED_MAX) {
      throw syntaxFailure(this.#cursor.token.start, "S0201", `it nests deeper than ${NESTED_MAX} levels: split it`);
    }
    let left = this.#parseOperand();
    let form: string | null = null;
    while (this.#cursor.token.kind === "operator" && binding < (BINDING.get(this.#cursor.token.text) ?? 0)) {
      const operator = this.#cursor.token;
      left = this.#parseAfter(left, operator, form);
      form = operator.text;
    }
    this.#depth -= 1;
    return left;
  }

  #parseOperand(): Node {
    const token = this.#cursor.token;
    const position = token.start;
    switch (token.kind) {
      case "end":
        throw syntaxFailure(position, "S0207", "the expression ends too early: a value was expected");
      case "operator":
        return this.#parsePrefix(token);
      case "name":
        this.#cursor.advance(false);
        return pathOfName(token.text, position);
      case "variable":
        this.#cursor.advance(false);
        return { kind: "variable", name: token.text, position };
      case "literal":
        this.#cursor.advance(false);
        return { kind: "literal", value: token.value, position };
      case "regex":
        this.#cursor.advance(false);
        return this.#compileRegex(token.pattern, token.flags, position);
    }
  }

  #parsePrefix({ text, start: position }: Token): Node {
    const isTerminal = TERMINALS.has(text);
    if (!PREFIXES.has(text)) {
      throw this.#cursor.unexpected("S0211", "a value");
    }
    this.#cursor.advance(!isTerminal);
    return isTerminal ? terminalOf(text, position) : this.#parsePrefixed(text, position);
  }

  #parsePrefixed(text: string, position: number): Node {
    switch (text) {
      case "-":
        return negate(this.#parseExpression(NEGATE_BINDING), position);
      case "(":
        return this.#parseBlock(position);
      case "[":
        return { kind: "list", items: this.#parseItems(), position };
      case "{":
        return { kind: "object", pairs: this.#parsePairs(), position };
      default:
        return this.#parseTransform(position);
    }
  }

  #parseAfter(left: Node, { text, start: position }: Token, form: string | null): Node {
    switch (text) {
      case ".":
        return this.#parsePath(left);
      case "[":
        return this.#parseFilters(left, form);
      case "(":
        this.#cursor.advance(true);
        return this.#parseCall(left, form);
      case "{":
        this.#cursor.advance(true);
        return addGroup(left, this.#parsePairs(), position);
      case "^":
        this.#cursor.advance(true);
        return addSort(left, this.#parseTerms(), position);
      case "@":
        return addFocus(left, this.#parseVariable("@"), position);
      case "#":
        return addIndex(left, this.#parseVariable("#"));
      default:
        this.#cursor.advance(true);
        return this.#parseInfix(left, text, position);
    }
  }

  #parseInfix(left: Node, text: string, position: number): Node {
    switch (text) {
      case "?":
        return this.#parseCondition(left, position);
      case "??":
        return { kind: "fallback", accepts: "existing", value: left, otherwise: this.#parseExpression(0), position };
      case "?:":
        return { kind: "fallback", accepts: "truthy", value: left, otherwise: this.#parseExpression(0), position };
      case ":=":
        if (left.kind !== "variable") {
          throw syntaxFailure(left.position, "S0212", "the left side of `:=` must be a variable, such as `$name`");
        }
        return { kind: "bind", name: left.name, value: this.#parseExpression(9), position };
      case "~>":
        return joinChain(left, this.#parseExpression(BINDING.get(text) ?? 0), position);
      default: {
        const operator = BINARY.get(text);
        if (operator === undefined) {
          throw this.#cursor.unexpected("S0204", "an operator");
        }
        return { kind: "binary", operator, left, right: this.#parseExpression(BINDING.get(text) ?? 0), position };
      }
    }
  }

  /** All the steps after the first at once, so that a path of any length is put together once. */
  #parsePath(first: Node): Node {
    const steps: Node[] = [];
    while (this.#cursor.isAt(".")) {
      this.#cursor.advance(true);
      steps.push(this.#parseExpression(75));
    }
    if (this.#cursor.token.kind !== "operator" && this.#cursor.token.kind !== "end") {
      throw this.#cursor.unexpected("S0201", "an operator or the end of the expression");
    }
    return joinPath(first, steps);
  }

  #parseFilters(base: Node, form: string | null): Node {
    const filters: Stage[] = [];
    let keeps = false;
    while (this.#cursor.isAt("[")) {
      const position = this.#cursor.token.start;
      this.#cursor.advance(true);
      if (this.#cursor.isAt("]")) {
        keeps = true;
      } else {
        filters.push({ kind: "filter", node: this.#parseExpression(0), position });
      }
      this.#cursor.expect("]", false);
    }
    return addFilters(keeps ? keepList(base, form) : base, filters);
  }

  #parseCondition(condition: Node, position: number): Node {
    const consequent = this.#parseExpression(0);
    if (!this.#cursor.isAt(":")) {
      return { kind: "condition", condition, consequent, otherwise: null, position };
    }
    this.#cursor.advance(true);
    return { kind: "condition", condition, consequent, otherwise: this.#parseExpression(0), position };
  }

  #parseBlock(position: number): Node {
    const items: Node[] = [];
    while (!this.#cursor.isAt(")")) {
      items.push(this.#parseExpression(0));
      if (!this.#cursor.isAt(";")) {
        break;
      }
      this.#cursor.advance(true);
    }
    this.#cursor.expect(")", false);
    return { kind: "block", items, position, givesRows: false };
  }

  #parseItems(): readonly Node[] {
    return this.#cursor.readList("]", () => {
      const left = this.#parseExpression(0);
      if (!this.#cursor.isAt("..")) {
        return left;
      }
      const position = this.#cursor.token.start;
      this.#cursor.advance(true);
      return { kind: "binary", operator: "..", left, right: this.#parseExpression(0), position };
    });
  }

  #parsePairs(): readonly Pair[] {
    return this.#cursor.readList("}", () => {
      const key = this.#parseExpression(0);
      this.#cursor.expect(":", true);
      return { key, value: this.#parseExpression(0) };
    });
  }

  #parseTerms(): readonly SortTerm[] {
    this.#cursor.expect("(", true);
    const parse = (): SortTerm => {
      const isDescending = this.#cursor.isAt(">");
      if (isDescending || this.#cursor.isAt("<")) {
        this.#cursor.advance(true);
      }
      return { node: this.#parseExpression(0), isDescending };
    };
    const first = this.#cursor.isAt(")") ? [parse()] : [];
    return [...first, ...this.#cursor.readList(")", parse)];
  }

  #parseCall(procedure: Node, form: string | null): Node {
    const args = this.#cursor.readList(")", () => {
      if (this.#cursor.isAt("?")) {
        this.#cursor.advance(true);
        return null;
      }
      return this.#parseExpression(0);
    });
    const name = form === null ? nameOf(procedure) : null;
    return name === "function" || name === "λ"
      ? parseLambda(this.#cursor, { position: procedure.position, args }, () => this.#parseExpression(0))
      : { kind: "call", procedure, args, isPartial: args.includes(null), position: procedure.position };
  }

  #parseTransform(position: number): Node {
    const pattern = this.#parseExpression(0);
    this.#cursor.expect("|", true);
    const update = this.#parseExpression(0);
    const hasRemoval = this.#cursor.isAt(",");
    if (hasRemoval) {
      this.#cursor.advance(true);
    }
    const remove = hasRemoval ? this.#parseExpression(0) : null;
    this.#cursor.expect("|", false);
    return { kind: "transform", pattern, update, remove, position };
  }

  #parseVariable(operator: string): string {
    this.#cursor.advance(true);
    const token = this.#cursor.token;
    if (token.kind !== "variable") {
      throw syntaxFailure(token.start, "S0214", `after \`${operator}\` comes a variable, such as \`$name\``);
    }
    this.#cursor.advance(false);
    return token.text;
  }

  #compileRegex(pattern: string, flags: string, position: number): Node {
    try {
      return { kind: "regex", program: this.#regexes.compile(pattern, flags), position };
    } catch (error) {
      if (error instanceof RegexRefusal) {
        throw syntaxFailure(position, "S0303", error.message);
      }
      throw error;
    }
  }
}
