/** An answer over RPC. Exceptions lose their fields on the way between isolates, so what is expected is a value. */
export type RpcResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: string; readonly message: string };
