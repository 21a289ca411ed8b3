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
const SETTINGS = "^src/(env|settings)[.]ts$";
// What streams write is what the API shows, and what they read first is what the API reads.
const PORTS_AND_VIEWS = "^src/api/([^/]+/(port|view)|database)[.]ts$";
// The PostgreSQL driver takes sockets of Node's kind alone.
const SOCKETS = "^(buffer|events)$";
const TOP = "^src/(index[.]ts$|composition/)";

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const layers = [
  layer("domain-is-pure", "^src/domain/", ["^src/domain/"]),
  layer("language-speaks-domain", "^src/language/", ["^src/(domain|language)/", HASHES, NPM]),
  layer("steps-speak-the-language", "^src/steps/", ["^src/(domain|language|steps)/", NPM]),
  layer("recipes-ask-the-step-types", "^src/recipe/", ["^src/(domain|language|steps|recipe)/", HASHES, NPM]),
  layer("ledger-speaks-domain", "^src/ledger/", ["^src/(domain|ledger)/"]),
  layer("runtime-is-common", "^src/runtime/", ["^src/(domain|runtime)/"]),
  layer("api-calls-the-shard", "^src/api/", [
    "^src/(domain|language|recipe|ledger|runtime|api)/",
    SETTINGS,
    "^src/shard/rpc[.]ts$",
    HASHES,
    NPM,
  ]),
  layer("shard-drives-the-ledger", "^src/shard/", [
    "^src/(domain|ledger|runtime|shard)/",
    PORTS_AND_VIEWS,
    SETTINGS,
    WORKERS,
  ]),
  layer("reads-ask-the-ports", "^src/reads/", [
    "^src/(domain|runtime|reads)/",
    "^src/api/database[.]ts$",
    SETTINGS,
    WORKERS,
  ]),
  layer("consumer-executes-steps", "^src/consumer/", [
    "^src/(domain|steps|runtime|consumer)/",
    "^src/shard/rpc[.]ts$",
    SETTINGS,
    WORKERS,
  ]),
  layer("cron-sweeps", "^src/scheduled[.]ts$", ["^src/(domain|runtime)/", SETTINGS]),
  layer("adapters-implement-ports", "^src/adapters/", [
    "^src/(domain|adapters|runtime)/",
    "^src/(ledger|steps|shard/dispatch)/ports[.]ts$",
    "^src/shard/dispatch/queue[.]ts$",
    "^src/api/([^/]+/port|database)[.]ts$",
    WORKERS,
    HASHES,
    CODINGS,
    SOCKETS,
    NPM,
  ]),
  layer("settings-stand-alone", SETTINGS, ["^src/domain/", SETTINGS, "^src/(shard|reads)/rpc[.]ts$", NPM]),
  layer("entries-use-the-source", TOP, ["^src/", WORKERS, HASHES, NPM]),
  layer("dashboard-reads-the-contract", "^dashboard/", [
    "^dashboard/",
    "^src/domain/",
    "^src/api/[^/]+/(contract|shapes)[.]ts$",
    // How a payload is asked for: the page behind a link and the dashboard ask alike.
    "^src/api/signals/form[.]ts$",
    NPM,
  ]),
];

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const general = [
  {
    name: "one-composition",
    comment: "Only the composition knows the adapters; everything else gets them as ports.",
    severity: "error",
    from: { path: "^src/", pathNot: ["^src/adapters/", TOP] },
    to: { path: "^src/adapters/" },
  },
  {
    name: "parts-are-given",
    comment: "A function is made with its parts; it does not fetch them from the composition, which knows it.",
    severity: "error",
    from: { path: "^src/", pathNot: TOP },
    to: { path: TOP },
  },
  {
    name: "bindings-are-types",
    comment: "A binding has the type of what answers behind it; nothing of that runs where it is called.",
    severity: "error",
    from: { path: "^src/", pathNot: ["^src/(shard|reads)/", TOP] },
    to: { path: "/rpc[.]ts$", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "types-are-asked-by-the-registry",
    comment: "What is special about a step type is in its folder; whoever is outside of it asks src/steps/registry.ts.",
    severity: "error",
    from: { path: "^src/", pathNot: ["^src/steps/registry[.]ts$", "^src/steps/([^/]+)/"] },
    to: { path: "^src/steps/[^/]+/" },
  },
  {
    name: "types-do-not-know-each-other",
    severity: "error",
    from: { path: "^src/steps/([^/]+)/" },
    to: { path: "^src/steps/[^/]+/", pathNot: ["^src/steps/$1/"] },
  },
  {
    name: "no-circular",
    comment: "Of types alone too: two modules that need each other are one, or hide a third.",
    severity: "error",
    from: {},
    to: { circular: true },
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
