/**
 * Which layer may import what. Each layer has an allow-list: anything else is an error.
 * TypeScript 7 has no JavaScript API, so swc parses; with the default parser this tool would read nothing and pass.
 * `npm run layers` therefore also checks that modules were read and that a planted violation is found.
 */
const NPM = "node_modules";
const WORKERS = "^cloudflare:";
// The hashes of the audit chain are made inside a transaction, and those of the web API are asynchronous.
const HASHES = "^crypto$";
// Content codings that the web API does not know: Brotli, zstd. workerd has them under Node's name.
const CODINGS = "^zlib$";
// The PostgreSQL driver takes sockets of Node's kind alone.
const SOCKETS = "^(buffer|events)$";
const TOP = "^src/(index[.]ts$|composition/)";

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const layers = [
  layer("domain-is-pure", "^src/domain/", ["^src/domain/"]),
  layer("language-speaks-domain", "^src/language/", ["^src/(domain|language)/", HASHES, NPM]),
  layer("steps-execute-the-language", "^src/steps/", ["^src/(domain|language|steps)/"]),
  layer("ledger-speaks-domain", "^src/ledger/", ["^src/(domain|ledger)/"]),
  layer("dispatch-drives-the-ledger", "^src/dispatch/", ["^src/(domain|ledger|dispatch)/"]),
  layer("functions-use-ports", "^src/functions/", [
    "^src/(domain|language|steps|ledger|dispatch|functions)/",
    "^src/(env|settings)[.]ts$",
    "^src/composition/",
    WORKERS,
    HASHES,
    NPM,
  ]),
  layer("adapters-are-leaves", "^src/adapters/", [
    "^src/(domain|adapters|ledger|steps|dispatch)/",
    "^src/functions/api/ports/",
    WORKERS,
    HASHES,
    CODINGS,
    SOCKETS,
    NPM,
  ]),
  layer("settings-stand-alone", "^src/(env|settings)[.]ts$", [
    "^src/domain/",
    "^src/(env|settings)[.]ts$",
    "^src/functions/",
    NPM,
  ]),
  layer("entries-use-the-source", TOP, ["^src/", WORKERS, HASHES, NPM]),
  layer("dashboard-reads-the-contract", "^dashboard/", [
    "^dashboard/",
    "^src/domain/",
    "^src/functions/api/contract",
    NPM,
  ]),
];

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const general = [
  {
    name: "one-composition",
    comment: "Only src/composition/ knows the adapters; everything else gets them as ports.",
    severity: "error",
    from: { path: "^src/", pathNot: ["^src/adapters/", "^src/composition/"] },
    to: { path: "^src/adapters/" },
  },
  {
    name: "api-gets-ports",
    comment: "Routes and middleware are given what they need; they do not fetch it from the composition.",
    severity: "error",
    from: { path: "^src/functions/api/" },
    to: { path: TOP },
  },
  {
    name: "adapters-implement-ports",
    comment: "An adapter knows the ports that the inner layers declare, not their logic.",
    severity: "error",
    from: { path: "^src/adapters/" },
    to: { path: "^src/(ledger|steps|dispatch)/", pathNot: ["/ports[.]ts$", "^src/dispatch/(queue|clock|log)[.]ts$"] },
  },
  {
    name: "settings-name-functions-by-type",
    comment: "A binding has the type of the function behind it; nothing of that function runs here.",
    severity: "error",
    from: { path: "^src/(env|settings)[.]ts$" },
    to: { path: "^src/functions/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "no-circular",
    comment: "Imports of types alone are gone at run time, and bindings need them.",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "no-orphans",
    comment: "A module that neither imports nor is imported is forgotten.",
    severity: "error",
    from: { orphan: true, path: "^src/", pathNot: ["[.]d[.]ts$", TOP] },
    to: {},
  },
  {
    name: "no-unresolvable",
    severity: "error",
    from: {},
    to: { couldNotResolve: true, pathNot: "^cloudflare:" },
  },
  {
    name: "source-ships-no-dev-dependencies",
    severity: "error",
    from: { path: "^src/" },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "@cloudflare/workers-types" },
  },
];

/**
 * @param {string} name - The rule as a sentence about the layer.
 * @param {string} from - Pattern of the layer's own paths.
 * @param {readonly string[]} allowed - Patterns of everything that the layer may import.
 */
function layer(name, from, allowed) {
  return {
    name,
    comment: `Allowed from ${from}: ${allowed.join(", ")}`,
    severity: /** @type {const} */ ("error"),
    from: { path: from },
    to: { pathNot: [...allowed] },
  };
}

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [...layers, ...general],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^dashboard/dist/", "^dist/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["workerd", "import", "types", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".cjs", ".json", ".d.ts"],
    },
  },
};
