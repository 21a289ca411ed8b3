import type { Assignment } from "./domain/run/outcome.ts";
import type { ReadsRpc } from "./reads/rpc.ts";
import type { ShardRpc } from "./shard/rpc.ts";

/**
 * The namespace of the shards, as far as it is used. The runtime's own type derives the stub's methods from the
 * class, which the compiler gives up on for results that hold JSON of any depth.
 */
export interface ShardNamespace {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): ShardRpc;
}

/** The namespace of the reads objects, typed by hand for the same reason. */
export interface ReadsNamespace {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): ReadsRpc;
}

/** What the consumer answers to: the shard calls it. */
export interface ConsumerRpc {
  /** Executes one attempt and reports its outcome; resolves when that is done, or nobody wants it any more. */
  execute(assignment: Assignment): Promise<void>;
}

/** Bindings and variables as the runtime gives them. */
export interface Env {
  readonly SHARD: ShardNamespace;
  readonly READS: ReadsNamespace;
  readonly CONSUMER: ConsumerRpc;
  readonly ASSETS?: Fetcher;
  readonly HYPERDRIVE?: { readonly connectionString: string };
  readonly DATABASE_URL?: string;
  readonly UPSTASH_REDIS_REST_URL?: string;
  readonly UPSTASH_REDIS_REST_TOKEN?: string;
  readonly BATON_API_KEY?: string;
  readonly SHARDS?: string;
  readonly CONCURRENCY?: string;
  readonly LEASE_MS?: string;
  readonly ALLOW_PRIVATE_ADDRESSES?: string;
  readonly OUTBOUND_URL?: string;
  readonly CORS_ORIGINS?: string;
  readonly ALLOW_FILE_ORIGIN?: string;
  readonly BEHIND_CLOUDFLARE?: string;
  readonly SIGNING_KEY?: string;
  readonly PUBLIC_URL?: string;
  readonly SIGNAL_URL_DAYS?: string;
}

/** How `run.signalUrl` is made and checked. */
export interface SignalUrlSettings {
  /** The first signs, all are accepted; none where the deployment has no such addresses. */
  readonly signingKeys: readonly string[];
  /** Where the deployment answers, as seen from outside, without a slash at its end; null: it was not told. */
  readonly publicUrl: string | null;
  /** How long an address is good for, in ms. */
  readonly lifetimeMs: number;
}

/** The variables, parsed. */
export interface Settings {
  readonly databaseUrl: string;
  readonly redis: { readonly url: string; readonly token: string };
  /** The bootstrap API key, with all roles. */
  readonly apiKey: string;
  /** Shards that new runs are spread over; runs of shards beyond keep theirs. */
  readonly shardCount: number;
  /** Attempts that one shard has executed at the same time. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly allowPrivateAddresses: boolean;
  /** The outbound client that makes the calls of steps, with its secret; null where the runtime makes them itself. */
  readonly outboundUrl: string | null;
  readonly corsOrigins: readonly string[];
  readonly allowFileOrigin: boolean;
  /** Whether every request comes through Cloudflare, which says in `CF-Connecting-IP` from where. */
  readonly isBehindCloudflare: boolean;
  readonly signalUrls: SignalUrlSettings;
}

/** A variable is missing or malformed. */
export interface SettingProblem {
  readonly variable: string;
  readonly message: string;
}
