import { migrateDatabase } from "./migrate.ts";

const EXIT_USAGE = 2;
const EXIT_FAILED = 1;

/** `npm run migrate`: brings the database that `DATABASE_URL` names to the newest migration. */
const databaseUrl = process.env["DATABASE_URL"];
if (databaseUrl === undefined || databaseUrl === "") {
  console.error("DATABASE_URL is not set: set it to postgresql://user:password@host/database.");
  process.exit(EXIT_USAGE);
}
try {
  await migrateDatabase(databaseUrl);
  console.log("The database is at the newest migration.");
} catch (error) {
  console.error(`The migration failed and was rolled back: ${String(error)}`);
  process.exit(EXIT_FAILED);
}
