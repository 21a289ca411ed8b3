// Lints an OpenAPI document with Spectral's recommended rules. Its own command line brings ninety packages more.
import { readFileSync } from "node:fs";
import spectralCore from "@stoplight/spectral-core";
import { oas } from "@stoplight/spectral-rulesets";

/** Errors are 0, warnings 1; hints are let pass. */
const FAILING = new Set(["0", "1"]);

const spectral = new spectralCore.Spectral();
spectral.setRuleset({ extends: [[oas, "recommended"]] });
const findings = await spectral.run(JSON.parse(readFileSync(process.argv[2] ?? "openapi.json", "utf8")));
const faults = findings.filter(({ severity }) => FAILING.has(String(severity)));
for (const { code, path, message } of faults) console.error(`spectral ${code} at ${path.join("/")}: ${message}`);
process.exitCode = faults.length === 0 ? 0 : 1;
