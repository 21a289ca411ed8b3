import { customType } from "drizzle-orm/pg-core";

/** A SHA-256 hash: 32 bytes in the table, 64 hex digits outside. Statements convert with `encode` and `decode`. */
export const bytea = customType<{ data: string; driverData: string }>({
  dataType() {
    return "bytea";
  },
});
