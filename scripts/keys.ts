import { join, resolve } from "node:path";
import { createKey, type KeyView, listKeys, revokeKey, type Service } from "./keys/keys-client.ts";
import { type KeysCommand, parseKeysCommand } from "./keys/parse-command.ts";
import { readLocalFile } from "./stack/local-file.ts";
import { PROJECT_ROOT } from "./stack/project-root.ts";

const USAGE = `usage: npm run keys -- list
       npm run keys -- create NAME viewer|operator|admin
       npm run keys -- revoke NAME

It speaks to the service at BATON_URL with the key BATON_API_KEY; without them to the one that npm start runs here.`;

async function main(): Promise<number> {
  const command = parseKeysCommand(process.argv.slice(2));
  const service = findService();
  if (command === null || service === null) {
    console.error(command === null ? USAGE : "no service: set BATON_URL and BATON_API_KEY, or run npm start");
    return 2;
  }
  try {
    await run(command, service);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function run(command: KeysCommand, service: Service): Promise<void> {
  switch (command.kind) {
    case "list":
      for (const key of await listKeys(service)) {
        console.log(describeKey(key));
      }
      return;
    case "create": {
      const key = await createKey(service, command.name, command.role);
      console.error("This is the key; it is not shown again:");
      console.log(key);
      return;
    }
    case "revoke":
      await revokeKey(service, command.name);
      console.error(`${command.name} is revoked; it stops working within half a minute`);
  }
}

function describeKey({ name, prefix, role, lastUsedAt, revokedAt }: KeyView): string {
  const used = lastUsedAt === null ? "never used" : `last used ${lastUsedAt}`;
  const state = revokedAt === null ? used : `revoked ${revokedAt}`;
  return `${name.padEnd(24)} ${`${prefix}…`.padEnd(12)} ${role.padEnd(9)} ${state}`;
}

function findService(): Service | null {
  const { BATON_URL: url, BATON_API_KEY: apiKey, BATON_DATA_DIR: dataDir } = process.env;
  if (url !== undefined && apiKey !== undefined) {
    return { url: url.replace(/\/$/, ""), apiKey };
  }
  return readLocalFile(resolve(dataDir ?? join(PROJECT_ROOT, ".baton")));
}

process.exitCode = await main();
