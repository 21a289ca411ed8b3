import { defineConfig } from "drizzle-kit";

// drizzle-kit needs a default export; the lint rule against them makes an exception for `*.config.ts`.
export default defineConfig({
  dialect: "postgresql",
  schema: "./src/adapters/postgres/schema/*.ts",
  out: "./drizzle",
});
