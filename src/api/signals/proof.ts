import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { parseRunId, parseStepKey, type RunId, type StepKey } from "../../domain/ids.ts";
import type { SignalUrlSettings } from "../../env.ts";
import type { SignalUrl } from "../../language/expression/evaluate.ts";

/** What an address says of itself, under the signature. */
export interface SignalProof {
  /** The run that it sends signals to. */
  readonly runId: RunId;
  /** The step whose expression made it: who signals by it is named after it. */
  readonly stepKey: StepKey;
  /** From then on it is refused; whole seconds. */
  readonly expiresAt: Date;
}

/** What a proof came to. */
export type VerifiedProof =
  | { readonly kind: "valid"; readonly proof: SignalProof }
  /** It was one of ours. */
  | { readonly kind: "expired"; readonly proof: SignalProof }
  /** It was never one of ours, or was changed on its way. */
  | { readonly kind: "forged" };

/** Layout of the signed bytes; a later one gets a number of its own. */
const FORMAT = 1;

/** Keeps what else may once be signed with the same key apart from addresses. */
const PURPOSE = "baton signal url\n";

/** The format, the run's id, the instant in seconds; then the step key, then the signature. */
const HEAD_BYTES = 21;
const RUN_ID_BYTES = 16;
const SIGNATURE_BYTES = 32;

/** A step key has at most 200 characters; what is longer is not even decoded. */
const TEXT_LENGTH_MAX = 400;

/**
 * Makes the address by which whoever holds it sends signals to a run: a slash and the signal's name are put behind it.
 *
 * @param made - The run, the step that asks for it, and the instant.
 * @param settings - The keys, the base address and how long it is good for.
 * @returns The address without a slash at its end; or the variables that are missing, with the fix.
 */
export function signSignalUrl(
  made: { readonly runId: RunId; readonly stepKey: StepKey; readonly now: Date },
  settings: SignalUrlSettings,
): SignalUrl {
  const { publicUrl, lifetimeMs } = settings;
  const [key] = settings.signingKeys;
  if (key === undefined || publicUrl === null) {
    const missing = [...(key === undefined ? ["SIGNING_KEY"] : []), ...(publicUrl === null ? ["PUBLIC_URL"] : [])];
    const message = `\`run.signalUrl\` needs ${missing.join(" and ")}, which this deployment does not set; its operator can`;
    return { ok: false, message };
  }
  const { runId, stepKey, now } = made;
  const proof = signProof({ runId, stepKey, expiresAt: new Date(now.getTime() + lifetimeMs) }, key);
  return { ok: true, url: `${publicUrl}/signals/${proof}` };
}

/**
 * Writes and signs a proof.
 *
 * @param proof - What it says.
 * @param key - The key that signs.
 * @returns Text of base64url, about 80 characters.
 */
export function signProof({ runId, stepKey, expiresAt }: SignalProof, key: string): string {
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  head.setUint8(0, FORMAT);
  hexPairs(runId.replaceAll("-", "")).forEach((byte, index) => {
    head.setUint8(1 + index, byte);
  });
  head.setUint32(1 + RUN_ID_BYTES, Math.floor(expiresAt.getTime() / 1000));
  const signed = join([new Uint8Array(head.buffer), new TextEncoder().encode(stepKey)]);
  return toBase64Url(join([signed, signatureOf(signed, key)]));
}

/**
 * Checks a proof. How long it takes says nothing about where a wrong signature differs.
 *
 * @param text - The proof, from an address.
 * @param keys - The keys that may have signed it.
 * @param now - The present instant.
 * @returns What it says, or that it is not ours. One proof has one text: other spellings of its bytes are forged.
 */
export function verifySignalProof(text: string, keys: readonly string[], now: Date): VerifiedProof {
  const bytes = text.length > TEXT_LENGTH_MAX ? null : fromBase64Url(text);
  if (bytes === null || bytes.byteLength <= HEAD_BYTES + SIGNATURE_BYTES) {
    return { kind: "forged" };
  }
  const signed = bytes.subarray(0, -SIGNATURE_BYTES);
  const signature = bytes.subarray(-SIGNATURE_BYTES);
  const isSigned = keys.map((key) => timingSafeEqual(signatureOf(signed, key), signature)).includes(true);
  const proof = isSigned ? readProof(signed) : null;
  if (proof === null) {
    return { kind: "forged" };
  }
  return { kind: proof.expiresAt > now ? "valid" : "expired", proof };
}

/**
 * Gives the idempotency key of a signal that is sent by an address: the same however often it is used.
 *
 * @param proof - The proof in the address, one that was verified.
 * @param name - The signal.
 * @returns Text that does not give the proof away: the audit log shows it.
 */
export function idempotencyKeyOf(proof: string, name: string): string {
  return `link:${toBase64Url(createHash("sha256").update(`${proof}/${name}`).digest())}`;
}

function readProof(signed: Uint8Array): SignalProof | null {
  const head = new DataView(signed.buffer, signed.byteOffset, HEAD_BYTES);
  const hex = Array.from(signed.subarray(1, 1 + RUN_ID_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const runId = parseRunId(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
  const stepKey = parseStepKey(new TextDecoder().decode(signed.subarray(HEAD_BYTES)));
  return head.getUint8(0) !== FORMAT || runId === null || stepKey === null
    ? null
    : { runId, stepKey, expiresAt: new Date(head.getUint32(1 + RUN_ID_BYTES) * 1000) };
}

function signatureOf(signed: Uint8Array, key: string): Uint8Array {
  return createHmac("sha256", key).update(PURPOSE).update(signed).digest();
}

function hexPairs(hex: string): readonly number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Null for what `toBase64Url` would not have written: a proof with two spellings would count twice. */
function fromBase64Url(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    return null;
  }
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : null;
}
